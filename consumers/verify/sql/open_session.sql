-- Text of times and addresses is the same for everybody who proves.
SET ROLE backstory_writer;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET jit = off
