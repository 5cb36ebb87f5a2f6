package main

// What the columns of the tables of "trade" mean, for their help.
const (
	marketsLegend = `markets lists what is listed. Prices are in dollars per GPU-hour.

  PHASE       what orders do: continuous trades them, an auction or pre-open collects them, cancel-only and halted take none
  MARK        what positions are valued at; with ! it is stale: no fresh source stands behind it
  BID, ASK    the best prices of the book
  LAST        of the last trade
  VOLUME-24H  lots traded in 24 hours`

	bookLegend = `book shows asks above bids, the best ones in the middle.

  ORDERS      how many orders are at the price
  LOTS        how many lots they show
  sequence    the number of the last command that changed the market`

	ordersLegend = `orders lists what is open, oldest first.

  ORDER       number of the venue; cancel takes it
  CLIENT-ID   the id under which it was sent
  TIF         how long it stays: GTC, DAY, GTD; IOC and FOK never do
  STOP        the price that wakes it
  LOTS        what was ordered, FILLED and OPEN are parts of it`

	fillsLegend = `fills lists trades of the account; times are UTC, fees in dollars.

  ORDER       the order that traded
  AS          maker when the order was in the book, taker when it came`

	positionsLegend = `positions lists what is held in futures and perpetuals. Money is in dollars, cut to cents; -o json has all decimals.

  LOTS         below zero when short
  MARK         what the position is valued at, in dollars per GPU-hour
  FROM         what the mark was made of: index, book, last trade, or the operator; STALE! when nothing fresh stands behind it
  LIQUIDATION  the mark at which the account would be liquidated if no other mark moved; - when there is none
  MARGIN       initial margin of the position and the open orders of the market
  UNREALISED   what closing at the mark would add to the cash
  FUNDING      what the position received of funding, below zero when it paid
  NEXT         time until the next funding
  ADL          place among those that would be deleveraged, and how many there are; ##### is the first fifth`

	accountLegend = `account shows what the account is worth at the marks, in dollars, and its state: healthy; reduce-only below the initial
margin; liquidating below the maintenance margin, takeover and deleveraging after that.

  cash, collateral, unrealised   add up to equity
  held for spot buys             what open orders for capacity set aside
  initial margin                 what positions and open orders need
  maintenance margin             below it positions are closed
  free                           equity without what is held and the initial margin`

	balancesLegend = `balances lists money in dollars, and capacity and collateral in their own units.

  HELD        what open orders and positions need
  FREE        the rest`
)
