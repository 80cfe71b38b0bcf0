-- Let no row come to the live table until this transaction ends; reading goes on.
LOCK TABLE history.events IN SHARE ROW EXCLUSIVE MODE
