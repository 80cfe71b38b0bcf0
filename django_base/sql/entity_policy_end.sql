-- The end of that way.
{column} = current_setting('backstory.entity', true)::{type}
