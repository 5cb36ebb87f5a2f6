package gateway

// Tags of the fields of the profile.
const (
	TagBeginString                    Tag = 8
	TagMsgType                        Tag = 35
	TagSenderCompID                   Tag = 49
	TagTargetCompID                   Tag = 56
	TagMsgSeqNum                      Tag = 34
	TagSendingTime                    Tag = 52
	TagSenderSubID                    Tag = 50
	TagTargetSubID                    Tag = 57
	TagPossDupFlag                    Tag = 43
	TagPossResend                     Tag = 97
	TagOrigSendingTime                Tag = 122
	TagLastMsgSeqNumProcessed         Tag = 369
	TagApplVerID                      Tag = 1128
	TagEncryptMethod                  Tag = 98
	TagHeartBtInt                     Tag = 108
	TagRawDataLength                  Tag = 95
	TagRawData                        Tag = 96
	TagResetSeqNumFlag                Tag = 141
	TagNextExpectedMsgSeqNum          Tag = 789
	TagMaxMessageSize                 Tag = 383
	TagUsername                       Tag = 553
	TagPassword                       Tag = 554
	TagDefaultApplVerID               Tag = 1137
	TagSessionStatus                  Tag = 1409
	TagCancelOnDisconnect             Tag = 9001
	TagRecvWindow                     Tag = 25000
	TagCoDGrace                       Tag = 25062
	TagTestReqID                      Tag = 112
	TagBeginSeqNo                     Tag = 7
	TagEndSeqNo                       Tag = 16
	TagGapFillFlag                    Tag = 123
	TagNewSeqNo                       Tag = 36
	TagRefSeqNum                      Tag = 45
	TagRefTagID                       Tag = 371
	TagRefMsgType                     Tag = 372
	TagSessionRejectReason            Tag = 373
	TagBusinessRejectRefID            Tag = 379
	TagBusinessRejectReason           Tag = 380
	TagText                           Tag = 58
	TagErrorCode                      Tag = 25016
	TagRefFieldName                   Tag = 25017
	TagRetryAfterMs                   Tag = 25060
	TagClOrdID                        Tag = 11
	TagSecondaryClOrdID               Tag = 526
	TagOrigClOrdID                    Tag = 41
	TagOrderID                        Tag = 37
	TagAccount                        Tag = 1
	TagSymbol                         Tag = 55
	TagSide                           Tag = 54
	TagOrderQty                       Tag = 38
	TagOrdType                        Tag = 40
	TagPrice                          Tag = 44
	TagStopPx                         Tag = 99
	TagTriggerPriceType               Tag = 1107
	TagTimeInForce                    Tag = 59
	TagExpireTime                     Tag = 126
	TagExecInst                       Tag = 18
	TagMinQty                         Tag = 110
	TagDisplayQty                     Tag = 1138
	TagSelfMatchPreventionInstruction Tag = 2964
	TagTransactTime                   Tag = 60
	TagExecID                         Tag = 17
	TagExecType                       Tag = 150
	TagOrdStatus                      Tag = 39
	TagWorkingIndicator               Tag = 636
	TagCumQty                         Tag = 14
	TagLeavesQty                      Tag = 151
	TagAvgPx                          Tag = 6
	TagLastPx                         Tag = 31
	TagLastQty                        Tag = 32
	TagTradeID                        Tag = 1003
	TagTrdMatchID                     Tag = 880
	TagAggressorIndicator             Tag = 1057
	TagLastLiquidityInd               Tag = 851
	TagNoMiscFees                     Tag = 136
	TagMiscFeeAmt                     Tag = 137
	TagMiscFeeCurr                    Tag = 138
	TagMiscFeeType                    Tag = 139
	TagMiscFeeBasis                   Tag = 891
	TagOrdRejReason                   Tag = 103
	TagExecRestatementReason          Tag = 378
	TagExecRefID                      Tag = 19
	TagOrdStatusReqID                 Tag = 790
	TagEngineSeq                      Tag = 25070
	TagGatewayTime                    Tag = 25071
	TagMatchTime                      Tag = 25072
	TagCxlRejReason                   Tag = 102
	TagCxlRejResponseTo               Tag = 434
	TagMassCancelRequestType          Tag = 530
	TagMassCancelResponse             Tag = 531
	TagMassCancelRejectReason         Tag = 532
	TagTotalAffectedOrders            Tag = 533
	TagMassActionReportID             Tag = 1369
	TagMDReqID                        Tag = 262
	TagSubscriptionRequestType        Tag = 263
	TagMarketDepth                    Tag = 264
	TagMDUpdateType                   Tag = 265
	TagAggregatedBook                 Tag = 266
	TagNoMDEntryTypes                 Tag = 267
	TagNoRelatedSym                   Tag = 146
	TagNoMDEntries                    Tag = 268
	TagMDUpdateAction                 Tag = 279
	TagMDEntryType                    Tag = 269
	TagMDEntryID                      Tag = 278
	TagMDEntryPx                      Tag = 270
	TagMDEntrySize                    Tag = 271
	TagNumberOfOrders                 Tag = 346
	TagMDPriceLevel                   Tag = 1023
	TagAggressorSide                  Tag = 2446
	TagRptSeq                         Tag = 83
	TagApplSeqNum                     Tag = 1181
	TagBookChecksum                   Tag = 25061
	TagMarketPrice                    Tag = 25064
	TagMDReqRejReason                 Tag = 281
	TagSecurityReqID                  Tag = 320
	TagSecurityListRequestType        Tag = 559
	TagSecurityRequestResult          Tag = 560
	TagSecurityResponseID             Tag = 322
	TagTotNoRelatedSym                Tag = 393
	TagLastFragment                   Tag = 893
	TagSecurityDesc                   Tag = 107
	TagSecurityIDSource               Tag = 22
	TagSecurityID                     Tag = 48
	TagSecurityType                   Tag = 167
	TagCFICode                        Tag = 461
	TagMaturityDate                   Tag = 541
	TagStartDate                      Tag = 916
	TagEndDate                        Tag = 917
	TagContractMultiplier             Tag = 231
	TagUnitOfMeasure                  Tag = 996
	TagUnitOfMeasureQty               Tag = 1147
	TagSettlMethod                    Tag = 1193
	TagMinPriceIncrement              Tag = 969
	TagRoundLot                       Tag = 561
	TagMinTradeVol                    Tag = 562
	TagMaxTradeVol                    Tag = 1140
	TagLowLimitPrice                  Tag = 1148
	TagHighLimitPrice                 Tag = 1149
	TagCapPrice                       Tag = 1199
	TagPositionLimit                  Tag = 970
	TagMinPriceIncrementAmount        Tag = 1146
	TagSecurityTradingStatus          Tag = 326
	TagCurrency                       Tag = 15
	TagSKU                            Tag = 25090
	TagZone                           Tag = 25091
	TagGrade                          Tag = 25093
	TagMakerFeeRate                   Tag = 25094
	TagTakerFeeRate                   Tag = 25095
	TagPosReqID                       Tag = 710
	TagPosReqType                     Tag = 724
	TagClearingBusinessDate           Tag = 715
	TagPosMaintRptID                  Tag = 721
	TagTotalNumPosReports             Tag = 727
	TagPosReqResult                   Tag = 728
	TagPosReqStatus                   Tag = 729
	TagSettlPrice                     Tag = 730
	TagNoPositions                    Tag = 702
	TagPosType                        Tag = 703
	TagLongQty                        Tag = 704
	TagShortQty                       Tag = 705
	TagNoPosAmt                       Tag = 753
	TagPosAmtType                     Tag = 707
	TagPosAmt                         Tag = 708
	TagCollInquiryID                  Tag = 909
	TagCollRptID                      Tag = 908
	TagCollStatus                     Tag = 910
	TagTotNumReports                  Tag = 911
	TagLastRptRequested               Tag = 912
	TagMarginExcess                   Tag = 899
	TagTotalNetValue                  Tag = 900
	TagCashOutstanding                Tag = 901
	TagAsset                          Tag = 25096
	TagHeldAmount                     Tag = 25097
	TagToAccount                      Tag = 25080
	TagTransferAmount                 Tag = 25081
	TagTransferStatus                 Tag = 25082

	TagQuoteID            Tag = 117
	TagQuoteSetID         Tag = 302
	TagQuoteStatus        Tag = 297
	TagQuoteRejectReason  Tag = 300
	TagQuoteCancelType    Tag = 298
	TagNoQuoteEntries     Tag = 295
	TagBidPx              Tag = 132
	TagOfferPx            Tag = 133
	TagBidSize            Tag = 134
	TagOfferSize          Tag = 135
	TagBidOrderID         Tag = 25030
	TagOfferOrderID       Tag = 25031
	TagBidErrorCode       Tag = 25032
	TagOfferErrorCode     Tag = 25033
	TagBidText            Tag = 25034
	TagOfferText          Tag = 25035
	TagProtectionWindowMs Tag = 25036
	TagProtectionFrozenMs Tag = 25037
	TagProtectionQty      Tag = 25038
	TagProtectionDelta    Tag = 25039
	TagFrozenUntil        Tag = 25040
	TagMarginReqmtRptID   Tag = 1642
	TagMarginReqmtRptType Tag = 1638
	TagNoMarginAmt        Tag = 1643
	TagMarginAmtType      Tag = 1644
	TagMarginAmt          Tag = 1645
	TagAccountState       Tag = 25084
	TagTradeReportID      Tag = 571
	TagTrdType            Tag = 828
	TagTransferReason     Tag = 830
	TagGrossTradeAmt      Tag = 381
	TagNoSides            Tag = 552
	TagVenueOrder         Tag = 25083
	TagPhase              Tag = 25085
	TagIndicativePx       Tag = 25086
	TagIndicativeQty      Tag = 25087
	TagSurplusQty         Tag = 25088
	TagAuctionEnds        Tag = 25089
)

// Dictionary lists the fields of the profile. FIX reserves 20000 to 39999 for
// bilateral use; 25000 to 25099 are those of this venue.
var Dictionary = []FieldDef{
	{Tag: 8, Name: "BeginString", Format: Text, In: "header*"},
	{Tag: 35, Name: "MsgType", Format: Text, In: "header*"},
	{Tag: 49, Name: "SenderCompID", Format: Text, In: "header*"},
	{Tag: 56, Name: "TargetCompID", Format: Text, In: "header*"},
	{Tag: 34, Name: "MsgSeqNum", Format: Int, In: "header*"},
	{Tag: 52, Name: "SendingTime", Format: Stamp, In: "header*"},
	{Tag: 50, Name: "SenderSubID", Format: Text, In: "header"},
	{Tag: 57, Name: "TargetSubID", Format: Text, In: "header"},
	{Tag: 43, Name: "PossDupFlag", Format: Flag, In: "header"},
	{Tag: 97, Name: "PossResend", Format: Flag, In: "header"},
	{Tag: 122, Name: "OrigSendingTime", Format: Stamp, In: "header"},
	{Tag: 369, Name: "LastMsgSeqNumProcessed", Format: Int, In: "header"},
	{Tag: 1128, Name: "ApplVerID", Format: Text, In: "header"},
	{Tag: 98, Name: "EncryptMethod", Format: Int, In: "A"},
	{Tag: 108, Name: "HeartBtInt", Format: Int, In: "A*"},
	{Tag: 95, Name: "RawDataLength", Format: Int, In: "A"},
	{Tag: 96, Name: "RawData", Format: Text, In: "A"},
	{Tag: 141, Name: "ResetSeqNumFlag", Format: Flag, In: "A"},
	{Tag: 789, Name: "NextExpectedMsgSeqNum", Format: Int, In: "A"},
	{Tag: 383, Name: "MaxMessageSize", Format: Int, In: "A"},
	{Tag: 553, Name: "Username", Format: Text, In: "A"},
	{Tag: 554, Name: "Password", Format: Text, In: "A"},
	{Tag: 1137, Name: "DefaultApplVerID", Format: Text, In: "A"},
	{Tag: 1409, Name: "SessionStatus", Format: Int, In: "A 5"},
	{Tag: 9001, Name: "CancelOnDisconnect", Format: Flag, In: "A"},
	{Tag: 25000, Name: "RecvWindow", Format: Int, In: "A D F G q i Z UL"},
	{Tag: 25062, Name: "CoDGrace", Format: Int, In: "A"},
	{Tag: 112, Name: "TestReqID", Format: Text, In: "0 1*"},
	{Tag: 7, Name: "BeginSeqNo", Format: Int, In: "2*"},
	{Tag: 16, Name: "EndSeqNo", Format: Int, In: "2*"},
	{Tag: 123, Name: "GapFillFlag", Format: Flag, In: "4"},
	{Tag: 36, Name: "NewSeqNo", Format: Int, In: "4*"},
	{Tag: 45, Name: "RefSeqNum", Format: Int, In: "3* j"},
	{Tag: 371, Name: "RefTagID", Format: Int, In: "3"},
	{Tag: 372, Name: "RefMsgType", Format: Text, In: "3 j*"},
	{Tag: 373, Name: "SessionRejectReason", Format: Int, In: "3"},
	{Tag: 379, Name: "BusinessRejectRefID", Format: Text, In: "j"},
	{Tag: 380, Name: "BusinessRejectReason", Format: Int, In: "j*"},
	{Tag: 58, Name: "Text", Format: Text, In: "3 5 j 8 9 r Y D F G q AO AP BA U1 U2 b UR"},
	{Tag: 25016, Name: "ErrorCode", Format: Int, In: "3 5 j 8 9 r Y AO U2 b UR"},
	{Tag: 25017, Name: "RefFieldName", Format: Text, In: "3 8 9 U2 b UR"},
	{Tag: 25060, Name: "RetryAfterMs", Format: Int, In: "j"},
	{Tag: 11, Name: "ClOrdID", Format: Text, In: "D* F* G* q* H 8 9* r U1* U2"},
	{Tag: 526, Name: "SecondaryClOrdID", Format: Text, In: "D"},
	{Tag: 41, Name: "OrigClOrdID", Format: Text, In: "F G 8 9"},
	{Tag: 37, Name: "OrderID", Format: Text, In: "F G H 8* 9* r"},
	{Tag: 1, Name: "Account", Format: Text, In: "D F G q H 8 9 AN AO AP* BB BA r U1 U2 CJ i b Z UL UR"},
	{Tag: 55, Name: "Symbol", Format: Text, In: "D* F G* q H 8 9 W* X y V AP r AE* f* Z b"},
	{Tag: 54, Name: "Side", Format: Char, In: "D* F G* q H 8 r"},
	{Tag: 38, Name: "OrderQty", Format: Decimal, In: "D* F G* 8"},
	{Tag: 40, Name: "OrdType", Format: Char, In: "D* G* 8"},
	{Tag: 44, Name: "Price", Format: Decimal, In: "D G 8"},
	{Tag: 99, Name: "StopPx", Format: Decimal, In: "D 8"},
	{Tag: 1107, Name: "TriggerPriceType", Format: Char, In: "D 8"},
	{Tag: 59, Name: "TimeInForce", Format: Char, In: "D 8"},
	{Tag: 126, Name: "ExpireTime", Format: Stamp, In: "D 8"},
	{Tag: 18, Name: "ExecInst", Format: Text, In: "D 8 i"},
	{Tag: 110, Name: "MinQty", Format: Decimal, In: "D 8"},
	{Tag: 1138, Name: "DisplayQty", Format: Decimal, In: "D 8"},
	{Tag: 2964, Name: "SelfMatchPreventionInstruction", Format: Int, In: "D 8"},
	{Tag: 60, Name: "TransactTime", Format: Stamp, In: "D* F* G* q* H 8* 9 r X U1* U2 CJ AE AP f i* b Z* UL* UR"},
	{Tag: 17, Name: "ExecID", Format: Text, In: "8*"},
	{Tag: 150, Name: "ExecType", Format: Char, In: "8*"},
	{Tag: 39, Name: "OrdStatus", Format: Char, In: "8* 9*"},
	{Tag: 636, Name: "WorkingIndicator", Format: Flag, In: "8 9"},
	{Tag: 14, Name: "CumQty", Format: Decimal, In: "8*"},
	{Tag: 151, Name: "LeavesQty", Format: Decimal, In: "8*"},
	{Tag: 6, Name: "AvgPx", Format: Decimal, In: "8"},
	{Tag: 31, Name: "LastPx", Format: Decimal, In: "8 AE"},
	{Tag: 32, Name: "LastQty", Format: Decimal, In: "8 AE"},
	{Tag: 1003, Name: "TradeID", Format: Text, In: "8 X"},
	{Tag: 880, Name: "TrdMatchID", Format: Text, In: "8"},
	{Tag: 1057, Name: "AggressorIndicator", Format: Flag, In: "8"},
	{Tag: 851, Name: "LastLiquidityInd", Format: Int, In: "8"},
	{Tag: 136, Name: "NoMiscFees", Format: Group, In: "8", Members: []Tag{137, 138, 139, 891}},
	{Tag: 137, Name: "MiscFeeAmt", Format: Decimal, In: ""},
	{Tag: 138, Name: "MiscFeeCurr", Format: Text, In: ""},
	{Tag: 139, Name: "MiscFeeType", Format: Text, In: ""},
	{Tag: 891, Name: "MiscFeeBasis", Format: Int, In: ""},
	{Tag: 103, Name: "OrdRejReason", Format: Int, In: "8"},
	{Tag: 378, Name: "ExecRestatementReason", Format: Int, In: "8"},
	{Tag: 19, Name: "ExecRefID", Format: Text, In: "8"},
	{Tag: 790, Name: "OrdStatusReqID", Format: Text, In: "H 8"},
	{Tag: 25070, Name: "EngineSeq", Format: Int, In: "8 9 r W X AP BA U2 CJ AE b UR"},
	{Tag: 25071, Name: "GatewayTime", Format: Stamp, In: "8"},
	{Tag: 25072, Name: "MatchTime", Format: Stamp, In: "8"},
	{Tag: 102, Name: "CxlRejReason", Format: Int, In: "9"},
	{Tag: 434, Name: "CxlRejResponseTo", Format: Char, In: "9*"},
	{Tag: 530, Name: "MassCancelRequestType", Format: Char, In: "q* r*"},
	{Tag: 531, Name: "MassCancelResponse", Format: Char, In: "r*"},
	{Tag: 532, Name: "MassCancelRejectReason", Format: Int, In: "r"},
	{Tag: 533, Name: "TotalAffectedOrders", Format: Int, In: "r b"},
	{Tag: 1369, Name: "MassActionReportID", Format: Text, In: "r*"},
	{Tag: 262, Name: "MDReqID", Format: Text, In: "V* W X Y* f"},
	{Tag: 263, Name: "SubscriptionRequestType", Format: Char, In: "V*"},
	{Tag: 264, Name: "MarketDepth", Format: Int, In: "V W"},
	{Tag: 265, Name: "MDUpdateType", Format: Int, In: "V"},
	{Tag: 266, Name: "AggregatedBook", Format: Flag, In: "V"},
	{Tag: 267, Name: "NoMDEntryTypes", Format: Group, In: "V", Members: []Tag{269}},
	{Tag: 146, Name: "NoRelatedSym", Format: Group, In: "V y", Members: []Tag{55, 107, 22, 48, 167, 461, 541, 916, 917, 231, 996, 1147, 1193, 969, 561, 562, 1140, 1148, 1149, 1199, 970, 1146, 326, 15, 25090, 25091, 25093, 25094, 25095}},
	{Tag: 268, Name: "NoMDEntries", Format: Group, In: "W X", Members: []Tag{269, 279, 278, 55, 270, 271, 346, 1023, 60, 1003, 2446, 83}},
	{Tag: 279, Name: "MDUpdateAction", Format: Int, In: ""},
	{Tag: 269, Name: "MDEntryType", Format: Char, In: ""},
	{Tag: 278, Name: "MDEntryID", Format: Text, In: ""},
	{Tag: 270, Name: "MDEntryPx", Format: Decimal, In: ""},
	{Tag: 271, Name: "MDEntrySize", Format: Decimal, In: ""},
	{Tag: 346, Name: "NumberOfOrders", Format: Int, In: ""},
	{Tag: 1023, Name: "MDPriceLevel", Format: Int, In: ""},
	{Tag: 2446, Name: "AggressorSide", Format: Char, In: ""},
	{Tag: 83, Name: "RptSeq", Format: Int, In: "W X"},
	{Tag: 1181, Name: "ApplSeqNum", Format: Int, In: "W X f"},
	{Tag: 25061, Name: "BookChecksum", Format: Int, In: "W X"},
	{Tag: 25064, Name: "MarketPrice", Format: Decimal, In: "W"},
	{Tag: 281, Name: "MDReqRejReason", Format: Char, In: "Y"},
	{Tag: 320, Name: "SecurityReqID", Format: Text, In: "x* y*"},
	{Tag: 559, Name: "SecurityListRequestType", Format: Int, In: "x* y"},
	{Tag: 560, Name: "SecurityRequestResult", Format: Int, In: "y"},
	{Tag: 322, Name: "SecurityResponseID", Format: Text, In: "y"},
	{Tag: 393, Name: "TotNoRelatedSym", Format: Int, In: "y"},
	{Tag: 893, Name: "LastFragment", Format: Flag, In: "y"},
	{Tag: 107, Name: "SecurityDesc", Format: Text, In: "y"},
	{Tag: 22, Name: "SecurityIDSource", Format: Text, In: "y"},
	{Tag: 48, Name: "SecurityID", Format: Text, In: "y"},
	{Tag: 167, Name: "SecurityType", Format: Text, In: "y"},
	{Tag: 461, Name: "CFICode", Format: Text, In: "y"},
	{Tag: 541, Name: "MaturityDate", Format: Text, In: "y"},
	{Tag: 916, Name: "StartDate", Format: Stamp, In: "y"},
	{Tag: 917, Name: "EndDate", Format: Stamp, In: "y"},
	{Tag: 231, Name: "ContractMultiplier", Format: Decimal, In: "y"},
	{Tag: 996, Name: "UnitOfMeasure", Format: Text, In: "y"},
	{Tag: 1147, Name: "UnitOfMeasureQty", Format: Decimal, In: "y"},
	{Tag: 1193, Name: "SettlMethod", Format: Char, In: "y"},
	{Tag: 969, Name: "MinPriceIncrement", Format: Decimal, In: "y"},
	{Tag: 561, Name: "RoundLot", Format: Decimal, In: "y"},
	{Tag: 562, Name: "MinTradeVol", Format: Decimal, In: "y"},
	{Tag: 1140, Name: "MaxTradeVol", Format: Decimal, In: "y"},
	{Tag: 1148, Name: "LowLimitPrice", Format: Decimal, In: "y"},
	{Tag: 1149, Name: "HighLimitPrice", Format: Decimal, In: "y"},
	{Tag: 1199, Name: "CapPrice", Format: Decimal, In: "y"},
	{Tag: 970, Name: "PositionLimit", Format: Decimal, In: "y"},
	{Tag: 1146, Name: "MinPriceIncrementAmount", Format: Decimal, In: "y"},
	{Tag: 326, Name: "SecurityTradingStatus", Format: Int, In: "y W f"},
	{Tag: 15, Name: "Currency", Format: Text, In: "y AP BA"},
	{Tag: 25090, Name: "SKU", Format: Text, In: "y"},
	{Tag: 25091, Name: "Zone", Format: Text, In: "y"},
	{Tag: 25093, Name: "Grade", Format: Text, In: "y"},
	{Tag: 25094, Name: "MakerFeeRate", Format: Decimal, In: "y"},
	{Tag: 25095, Name: "TakerFeeRate", Format: Decimal, In: "y"},
	{Tag: 710, Name: "PosReqID", Format: Text, In: "AN* AO* AP"},
	{Tag: 724, Name: "PosReqType", Format: Int, In: "AN* AO AP"},
	{Tag: 715, Name: "ClearingBusinessDate", Format: Text, In: "AN AP"},
	{Tag: 721, Name: "PosMaintRptID", Format: Text, In: "AO AP*"},
	{Tag: 727, Name: "TotalNumPosReports", Format: Int, In: "AO AP"},
	{Tag: 728, Name: "PosReqResult", Format: Int, In: "AO AP"},
	{Tag: 729, Name: "PosReqStatus", Format: Int, In: "AO"},
	{Tag: 730, Name: "SettlPrice", Format: Decimal, In: "AP"},
	{Tag: 702, Name: "NoPositions", Format: Group, In: "AP", Members: []Tag{703, 704, 705}},
	{Tag: 703, Name: "PosType", Format: Text, In: ""},
	{Tag: 704, Name: "LongQty", Format: Decimal, In: ""},
	{Tag: 705, Name: "ShortQty", Format: Decimal, In: ""},
	{Tag: 753, Name: "NoPosAmt", Format: Group, In: "AP", Members: []Tag{707, 708}},
	{Tag: 707, Name: "PosAmtType", Format: Text, In: ""},
	{Tag: 708, Name: "PosAmt", Format: Decimal, In: ""},
	{Tag: 909, Name: "CollInquiryID", Format: Text, In: "BB* BA"},
	{Tag: 908, Name: "CollRptID", Format: Text, In: "BA*"},
	{Tag: 910, Name: "CollStatus", Format: Int, In: "BA"},
	{Tag: 911, Name: "TotNumReports", Format: Int, In: "BA"},
	{Tag: 912, Name: "LastRptRequested", Format: Flag, In: "BA H"},
	{Tag: 899, Name: "MarginExcess", Format: Decimal, In: "BA"},
	{Tag: 900, Name: "TotalNetValue", Format: Decimal, In: "BA"},
	{Tag: 901, Name: "CashOutstanding", Format: Decimal, In: "BA"},
	{Tag: 25096, Name: "Asset", Format: Text, In: "BA U1* U2"},
	{Tag: 25097, Name: "HeldAmount", Format: Decimal, In: "BA"},
	{Tag: 25080, Name: "ToAccount", Format: Text, In: "U1* U2"},
	{Tag: 25081, Name: "TransferAmount", Format: Decimal, In: "U1* U2"},
	{Tag: 25082, Name: "TransferStatus", Format: Char, In: "U2*"},
	{Tag: 117, Name: "QuoteID", Format: Text, In: "i* b Z* UL* UR"},
	{Tag: 302, Name: "QuoteSetID", Format: Int, In: "i b Z UL UR"},
	{Tag: 297, Name: "QuoteStatus", Format: Int, In: "b* UR*"},
	{Tag: 300, Name: "QuoteRejectReason", Format: Int, In: "b UR"},
	{Tag: 298, Name: "QuoteCancelType", Format: Int, In: "Z*"},
	{Tag: 295, Name: "NoQuoteEntries", Format: Group, In: "i* b", Members: []Tag{55, 132, 134, 133, 135, 25030, 25031, 25032, 25033, 25034, 25035}},
	{Tag: 132, Name: "BidPx", Format: Decimal, In: ""},
	{Tag: 133, Name: "OfferPx", Format: Decimal, In: ""},
	{Tag: 134, Name: "BidSize", Format: Decimal, In: ""},
	{Tag: 135, Name: "OfferSize", Format: Decimal, In: ""},
	{Tag: 25030, Name: "BidOrderID", Format: Text, In: ""},
	{Tag: 25031, Name: "OfferOrderID", Format: Text, In: ""},
	{Tag: 25032, Name: "BidErrorCode", Format: Int, In: ""},
	{Tag: 25033, Name: "OfferErrorCode", Format: Int, In: ""},
	{Tag: 25034, Name: "BidText", Format: Text, In: ""},
	{Tag: 25035, Name: "OfferText", Format: Text, In: ""},
	{Tag: 25036, Name: "ProtectionWindowMs", Format: Int, In: "UL UR"},
	{Tag: 25037, Name: "ProtectionFrozenMs", Format: Int, In: "UL UR"},
	{Tag: 25038, Name: "ProtectionQty", Format: Decimal, In: "UL UR"},
	{Tag: 25039, Name: "ProtectionDelta", Format: Decimal, In: "UL UR"},
	{Tag: 25040, Name: "FrozenUntil", Format: Stamp, In: "UR"},
	{Tag: 1642, Name: "MarginReqmtRptID", Format: Text, In: "CJ*"},
	{Tag: 1638, Name: "MarginReqmtRptType", Format: Int, In: "CJ*"},
	{Tag: 25084, Name: "AccountState", Format: Text, In: "CJ*"},
	{Tag: 1643, Name: "NoMarginAmt", Format: Group, In: "CJ", Members: []Tag{1644, 1645}},
	{Tag: 1644, Name: "MarginAmtType", Format: Int, In: ""},
	{Tag: 1645, Name: "MarginAmt", Format: Decimal, In: ""},
	{Tag: 571, Name: "TradeReportID", Format: Text, In: "AE*"},
	{Tag: 828, Name: "TrdType", Format: Int, In: "AE"},
	{Tag: 830, Name: "TransferReason", Format: Text, In: "AE* U2"},
	{Tag: 381, Name: "GrossTradeAmt", Format: Decimal, In: "AE U2"},
	{Tag: 552, Name: "NoSides", Format: Group, In: "AE", Members: []Tag{54, 1}},
	{Tag: 25083, Name: "VenueOrder", Format: Flag, In: "8"},
	{Tag: 25085, Name: "Phase", Format: Text, In: "f W"},
	{Tag: 25086, Name: "IndicativePx", Format: Decimal, In: "f W"},
	{Tag: 25087, Name: "IndicativeQty", Format: Decimal, In: "f W"},
	{Tag: 25088, Name: "SurplusQty", Format: Decimal, In: "f W"},
	{Tag: 25089, Name: "AuctionEnds", Format: Stamp, In: "f W"},
}
