import "./numbers";
import "./book";
import "./session";
import "./account";
import "./acts";
import { runAll } from "./harness";

(window as unknown as { results: unknown }).results = runAll();
