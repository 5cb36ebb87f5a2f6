import { Fields, hmac, Message, millis, Session, stamp, str } from "../session";
import { same, test } from "./harness";

const t0 = Date.UTC(2026, 10, 22, 9, 30, 0, 5);

/** A session that logged on, with both sides of its wire. */
function open(answer: Fields = { ResetSeqNumFlag: "Y" }) {
  const sent: Message[] = [];
  const heard: string[] = [];
  const s = new Session("PAGE", "CLEARHOUR", 10, {
    app: (m) => heard.push("app " + m.Header.MsgType + " " + m.Header.MsgSeqNum),
    on: () => heard.push("on"),
    off: (text, code) => heard.push(`off ${text}${code ? " " + code : ""}`),
    refused: (seq, m) => heard.push(`refused ${seq} ${str(m.Body, "Text")}`),
    unsent: (from) => heard.push("unsent " + from),
    seen: () => {},
  });
  const wire = { send: (text: string) => sent.push(JSON.parse(text) as Message), close: (code: number) => heard.push("close " + code) };
  const say = (type: string, seq: number, body: Fields = {}, header: { [n: string]: string } = {}, now = t0) =>
    s.receive(JSON.stringify({ Header: { MsgType: type, MsgSeqNum: String(seq), ...header }, Body: body, Trailer: {} }), now);
  const join = () => s.join(wire, { username: "k", password: "p", rawData: "r" }, t0);
  join();
  say("A", 1, answer);
  const types = () => sent.map((m) => m.Header.MsgType + m.Header.MsgSeqNum);
  return { s, sent, heard, say, join, types };
}

test("the logon says who and starts the numbers", () => {
  const { sent, heard, s } = open();
  same(sent[0].Header, {
    BeginString: "FIXT.1.1", MsgType: "A", SenderCompID: "PAGE", TargetCompID: "CLEARHOUR", MsgSeqNum: "1", SendingTime: "20261122-09:30:00.005",
  }, "header");
  same(sent[0].Body, {
    EncryptMethod: "0", HeartBtInt: "10", ResetSeqNumFlag: "Y", NextExpectedMsgSeqNum: "1", Username: "k", Password: "p", RawData: "r", DefaultApplVerID: "9",
  }, "body");
  same([heard, s.out, s.expected], [["on"], 2, 2], "after the answer");
});

test("a refused logon is told with the words of the venue", () => {
  const heard: string[] = [];
  const s = new Session("PAGE", "CLEARHOUR", 10, {
    app: () => {}, on: () => heard.push("on"), off: (text, code) => heard.push(text + " " + code), refused: () => {}, unsent: () => {}, seen: () => {},
  });
  s.join({ send: () => {}, close: () => {} }, { username: "", password: "", rawData: "" }, t0);
  s.receive(JSON.stringify({ Header: { MsgType: "5", MsgSeqNum: "1" }, Body: { Text: "The nonce was used before; sign a fresh one.", ErrorCode: "1104" } }), t0);
  same(heard, ["The nonce was used before; sign a fresh one. 1104"], "heard");
});

test("a gap is asked for once, and filled in order", () => {
  const { s, say, heard, sent, types } = open();
  say("8", 2);
  say("8", 5);
  say("8", 6);
  same(types(), ["A1", "22"], "sent");
  same(sent[1].Body, { BeginSeqNo: "3", EndSeqNo: "0" }, "the request");
  say("8", 3, {}, { PossDupFlag: "Y" });
  say("4", 4, { GapFillFlag: "Y", NewSeqNo: "6" }, { PossDupFlag: "Y" });
  say("8", 6);
  same(heard, ["on", "app 8 2", "app 8 3", "app 8 6"], "heard");
  same(s.expected, 7, "next in");
});

test("a single missing message is noticed", () => {
  const { say, heard, types } = open();
  say("8", 3);
  same([heard, types()], [["on"], ["A1", "22"]], "heard and sent");
});

test("what was had before is ignored, or ends the session", () => {
  const { say, heard, sent } = open();
  say("8", 2);
  say("8", 2, {}, { PossDupFlag: "Y" });
  same(heard, ["on", "app 8 2"], "after a repetition");
  say("8", 1);
  same(heard[heard.length - 1], "off MsgSeqNum too low, expecting 3 but received 1", "the end");
  same(sent[sent.length - 1].Header.MsgType, "5", "the last message");
});

test("old orders are not sent again", () => {
  const { s, say, heard, sent } = open();
  s.send("D", { ClOrdID: "A" }, t0);
  s.send("D", { ClOrdID: "B" }, t0);
  say("2", 2, { BeginSeqNo: "2", EndSeqNo: "0" });
  const fill = sent[sent.length - 1];
  same([fill.Header.MsgType, fill.Header.MsgSeqNum, fill.Header.PossDupFlag, fill.Body], ["4", "2", "Y", { GapFillFlag: "Y", NewSeqNo: "4" }], "the gap fill");
  same([heard[heard.length - 1], s.out], ["unsent 2", 4], "after it");
});

test("a lost connection resumes where it was", () => {
  const { s, say, join, sent, heard } = open();
  say("8", 2);
  s.detach();
  join();
  const logon = sent[sent.length - 1];
  same([logon.Header.MsgSeqNum, logon.Body.ResetSeqNumFlag, logon.Body.NextExpectedMsgSeqNum], ["2", undefined, "3"], "the second logon");
  say("A", 5, { NextExpectedMsgSeqNum: "3" });
  say("8", 3, {}, { PossDupFlag: "Y" });
  say("4", 4, { GapFillFlag: "Y", NewSeqNo: "6" }, { PossDupFlag: "Y" });
  say("8", 6);
  same(heard, ["on", "app 8 2", "on", "app 8 3", "app 8 6"], "heard");
});

test("numbers that the venue cannot continue are given up", () => {
  const { s, say, join, sent } = open();
  s.detach();
  join();
  say("5", 1, { Text: "MsgSeqNum too low, expecting 9 but received 2", ErrorCode: "1203" });
  s.detach();
  join();
  const logon = sent[sent.length - 1];
  same([logon.Header.MsgSeqNum, logon.Body.ResetSeqNumFlag], ["1", "Y"], "the third logon");
});

test("silence is tested, measured and ended", () => {
  const { s, say, types, sent, heard } = open();
  s.tick(t0, 2000);
  same(types(), ["A1", "12"], "a test request at once");
  say("0", 2, { TestReqID: str(sent[1].Body, "TestReqID") }, {}, t0 + 7);
  same(s.latency, 7, "round trip in milliseconds");
  say("1", 3, { TestReqID: "TEST" });
  same(sent[sent.length - 1].Body, { TestReqID: "TEST" }, "the answer to the venue's test");
  s.tick(t0 + 24_001, 1e9);
  same(heard[heard.length - 1], "off No message from the venue for 2.4 heartbeats.", "the end");
});

test("times and signatures are as the protocol has them", async () => {
  same(stamp(t0), "20261122-09:30:00.005", "stamp");
  same(millis("20261122-09:30:00.005123"), t0, "millis with microseconds");
  same(Number.isNaN(millis("2026-11-22")), true, "no UTCTimestamp");
  const mac = await hmac(btoa("Jefe"), "what do ya want for nothing?");
  const hex = [...mac].map((b) => b.toString(16).padStart(2, "0")).join("");
  same(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "RFC 4231, case 2");
});
