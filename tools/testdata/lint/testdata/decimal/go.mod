module github.com/shopspring/decimal
