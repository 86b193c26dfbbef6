"""Split custody: who keeps the KEK when web and worker must not.

shares       the KEK file sealed m-of-n: nested age envelopes, one per subset of custodians
material     what the KEK file holds, and how a key or an epoch comes and goes
site         what a keyholder wants to know of the site whose key it keeps: the main one's, or that of L4's host
keeper       the state of a keyholder: which shares are in, and the KEK once enough are
frames       messages on its socket: four bytes of length, then JSON of bounded size
server       the socket: who is let in, what each may ask
client       the provider of web and worker, which asks the keyholder
token        the provider that asks a PKCS#11 device
sealing      the order to seal the site, a fact in the keyring that every process heeds within FRESH_FOR

"""
