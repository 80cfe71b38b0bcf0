-- Nobody places or releases a hold until the end of the transaction; reading them goes on.
LOCK TABLE {schema}.backstory_hold IN SHARE MODE
