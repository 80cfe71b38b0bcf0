-- The content that windows had when they were first proved.
SELECT number, content FROM verify.windows WHERE source = %s AND number = ANY (%s) AND content IS NOT NULL
