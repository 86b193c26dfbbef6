"""Move held values to where their field's label wants them: sealed, opened, checked and indexed anew.

A signed label counts from its moment on; the values follow in batches. Until they have, each value is treated by the
stricter of its field and of where it lies. `concerned` says whose values, `moving` what becomes of one, `handing`
what becomes of it in L4, `run` is the job, and `following` starts it.
"""
