"""Claims of both papers, tested on result tables: `claim` says what one is, `ledger` judges them all."""
