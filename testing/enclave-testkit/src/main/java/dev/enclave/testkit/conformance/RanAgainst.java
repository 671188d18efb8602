package dev.enclave.testkit.conformance;

/** What a run of the contracts had on the other side: how much it proves. */
public enum RanAgainst {
  /** The place itself: a real account, a real store, real files. */
  REAL,
  /** Somebody else's imitation of it. */
  THIRD_PARTY,
  /** Our own imitation, which may share a misunderstanding with our client. */
  OURS
}
