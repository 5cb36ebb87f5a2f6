package venue

// Step is a change of phase that happens every day.
type Step struct {
	// At is the time of day in UTC, from 0 to less than 24 hours.
	At Time
	// Phase is what the market becomes then.
	Phase Phase
}

// MaxSteps bounds the schedule of a market.
const MaxSteps = 16

// Trigger starts or prolongs a price-protection auction when a price is further
// than Move from the reference (MAT-05).
type Trigger struct {
	// Move is the distance as a part of the reference.
	Move Rate
	// Extend is how long the auction lasts, or lasts longer, by this trigger.
	Extend Time
}

// MaxTriggers bounds the triggers of a market.
const MaxTriggers = 16

// Protections are what keeps the prices of a market from running away. The zero
// value is none.
type Protections struct {
	// Breaker is how far prices may move within Window, as a part of the settlement
	// price (MAT-04); 0 for no breaker.
	Breaker Rate
	// Window is the rolling window of the breaker.
	Window Time
	// Base is how long an auction lasts that the breaker starts, or that follows an
	// outage. With 0 there is no auction after an outage, and no breaker.
	Base Time
	// Triggers start and prolong auctions by the distance from the reference, in the
	// order of their horizons (MAT-05).
	Triggers []Trigger
}
