"""Rotate the data keys of customers, or move their values to another suite, while reads and writes go on.

    next keys   committed for a batch of customers, before any value is sealed under them
    re-seal     under the rows' locks: documents, what the trail keeps of them and the job's cursor commit together
    wait        until whoever fetched a row before has opened it
    end         the old versions that no value lies under any more

What a record says does not change, so its version does not either: a form that was opened before can still be saved.
Writers seal under a row's lock and ask for newer keys there, so that none brings an ended version back.
"""
