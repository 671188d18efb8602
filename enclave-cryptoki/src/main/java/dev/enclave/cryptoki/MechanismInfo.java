package dev.enclave.cryptoki;

/**
 * What a token does by a mechanism (CK_MECHANISM_INFO): keys from which length to which, in bits or
 * bytes as the standard says of each mechanism, and CKF_ of {@link Ck}.
 */
public record MechanismInfo(long minKeySize, long maxKeySize, long flags) {

  static MechanismInfo of(Layout.Reader in) {
    return new MechanismInfo(in.ulong(), in.ulong(), in.ulong());
  }

  /** Returns whether the mechanism has a flag, such as {@link Ck#CKF_SIGN}. */
  public boolean is(long flag) {
    return (flags & flag) != 0;
  }
}
