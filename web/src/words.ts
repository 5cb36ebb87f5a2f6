import type { Terms } from "./quote";
import { millis } from "./session";

export const sideWords: { [side: string]: string } = { "1": "Buy", "2": "Sell" };
export const tifWords: { [tif: string]: string } = { "0": "Day", "1": "GTC", "3": "IOC", "4": "FOK", "6": "GTD" };

/** Message types of the profile, in words. */
export const messageWords: { [type: string]: string } = {
  "0": "Heartbeat",
  "1": "TestRequest",
  "2": "ResendRequest",
  "3": "Reject",
  "4": "SequenceReset",
  "5": "Logout",
  A: "Logon",
  D: "NewOrderSingle",
  F: "OrderCancelRequest",
  G: "OrderCancelReplaceRequest",
  H: "OrderStatusRequest",
  q: "OrderMassCancelRequest",
  r: "OrderMassCancelReport",
  "8": "ExecutionReport",
  "9": "OrderCancelReject",
  j: "BusinessMessageReject",
  V: "MarketDataRequest",
  W: "MarketDataSnapshotFullRefresh",
  X: "MarketDataIncrementalRefresh",
  Y: "MarketDataRequestReject",
  x: "SecurityListRequest",
  y: "SecurityList",
  AN: "RequestForPositions",
  AO: "RequestForPositionsAck",
  AP: "PositionReport",
  BB: "CollateralInquiry",
  BA: "CollateralReport",
  CJ: "MarginRequirementReport",
  AE: "TradeCaptureReport",
  U2: "AccountTransferReport",
  f: "SecurityStatus",
  UR: "QuoteProtectionReport",
};

const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** When an instrument delivers, in words. */
export function windowWords(t: Terms): string {
  const start = millis(t.start);
  const end = millis(t.end);
  if (!Number.isFinite(start) || !Number.isFinite(end)) return t.symbol;
  const hours = (end - start) / 3_600_000;
  if (hours >= 24 * 28) return month.format(start);
  return day.format(start);
}

/** Kind and window: what a position is. */
export function kindWords(t: Terms): string {
  if (t.future && !t.start) return "Perpetual";
  return (t.future ? "Future · " : "Spot day · ") + windowWords(t);
}

const phases: { [status: string]: { word: string; kind: string; about: string } } = {
  "17": { word: "Open", kind: "good", about: "Continuous trading: orders match as they arrive." },
  "26": { word: "Cancel only", kind: "warn", about: "Only cancels and reductions are taken." },
  "2": { word: "Halted", kind: "bad", about: "The market is halted." },
  "18": { word: "Settled", kind: "bad", about: "The contract has come to its end and was settled." },
  "21": { word: "Auction", kind: "warn", about: "Orders are collected and trade together, at one price, when the auction ends." },
};

const auctions: { [phase: string]: string } = {
  "pre-open": "Pre-open", "open-auction": "Opening auction", "closing-auction": "Closing auction", "protect-auction": "Protective auction",
};

/** What a SecurityTradingStatus(326) means, and the Phase(25085) where it says more. */
export function phaseWords(status: string, phase: string): { word: string; kind: string; about: string } {
  const p = phases[status] ?? { word: "Unknown", kind: "warn", about: "The venue did not say the phase." };
  return status === "21" && auctions[phase] ? { ...p, word: auctions[phase] } : p;
}

/** The 326 of a phase as the REST side names it. */
export function statusOf(phase: string): string {
  if (auctions[phase]) return "21";
  return { continuous: "17", "cancel-only": "26", halted: "2", settled: "18" }[phase] ?? "20";
}

/** The name of an error code: the page knows those that orders meet most. */
export const codeWords: { [code: string]: string } = {
  "1002": "OVERLOADED", "1010": "RATE_LIMITED", "1106": "AUTH_SCOPE", "1107": "COMP_ID_IN_USE", "1202": "MISSING_FIELD", "1203": "BAD_VALUE",
  "1204": "BAD_FORMAT", "2000": "UNKNOWN_INSTRUMENT", "2001": "INSTRUMENT_NOT_OPEN", "2002": "HALTED", "2003": "BAD_TICK", "2004": "BAD_LOT",
  "2005": "PRICE_BAND", "2006": "NOTIONAL_LIMIT", "2007": "DUPLICATE_CL_ORD_ID", "2008": "WOULD_TAKE", "2009": "REDUCE_ONLY",
  "2010": "INSUFFICIENT_MARGIN", "2011": "POSITION_LIMIT", "2012": "OPEN_ORDER_LIMIT", "2013": "STALE", "2014": "FOK_UNFILLED", "2015": "IOC_NO_MATCH",
  "2016": "SELF_TRADE", "2017": "UNSUPPORTED_COMBO", "2020": "LIQUIDATION_LOCK", "2023": "PRICE_RANGE", "2024": "LEVEL_FULL", "2025": "NO_MARK",
  "2028": "INSUFFICIENT_FUNDS", "2033": "FILL_LIMIT", "2100": "UNKNOWN_ORDER", "2101": "TOO_LATE",
};
