package venue

// Command is what the venue is told. The set is closed: one small struct per
// kind, each in its own file.
//
//sumtype:decl
type Command interface {
	isCommand()
	// Kind names the command in journals and refusals.
	Kind() CommandKind
}

// CommandKind numbers the commands; the numbers are kept for ever.
type CommandKind uint8

// Kinds of command.
const (
	KindTick             CommandKind = 1
	KindSetVersion       CommandKind = 2
	KindListAsset        CommandKind = 3
	KindListInstrument   CommandKind = 4
	KindSetPhase         CommandKind = 5
	KindSetMark          CommandKind = 6
	KindOpenAccount      CommandKind = 7
	KindDeposit          CommandKind = 8
	KindWithdraw         CommandKind = 9
	KindPlaceOrder       CommandKind = 10
	KindCancelOrder      CommandKind = 11
	KindAmendOrder       CommandKind = 12
	KindMassCancel       CommandKind = 13
	KindSetFeeTiers      CommandKind = 35
	KindSettleInstrument CommandKind = 36
	KindSetSchedule      CommandKind = 20
	KindSetProtections   CommandKind = 21
	KindSetLiquidation   CommandKind = 30
	KindFundInsurance    CommandKind = 31
	KindListIndex        CommandKind = 25
	KindPublishReading   CommandKind = 26
	KindSetReference     CommandKind = 27
	KindPublishMeter     CommandKind = 53
	KindSetCollateral    CommandKind = 43
	KindTransfer         CommandKind = 44
	KindSellCollateral   CommandKind = 45

	KindSetTerms      CommandKind = 48
	KindProposeChange CommandKind = 49
	KindApproveChange CommandKind = 50
	KindCancelChange  CommandKind = 51
	KindSetOperator   CommandKind = 52

	KindMassQuote          CommandKind = 56
	KindSetQuoteProtection CommandKind = 57
	KindCancelQuotes       CommandKind = 58
)

// Envelope is a command with its place in the order of things.
type Envelope struct {
	// Seq is the place, from 1 without a gap.
	Seq Seq
	// Time is when it was sequenced; it never goes back.
	Time Time
	// Session is who sent it; 0 is the venue itself.
	Session SessionID
	// Command is what is to be done. The core reads it during Apply only.
	Command Command
}
