"""Change the epoch of the blind index, while searches go on and find everybody at every moment.

create      the new root; writers write both epochs from then on, searches look in both
fill        every customer's rows of the new epoch, under the row's lock, and again until none is missing
supersede   only the new epoch is written and searched
delete      the old rows, and once more what a writer of the moment before has left
rewrite     the table, so that its file holds none of them
destroy     the old roots
"""
