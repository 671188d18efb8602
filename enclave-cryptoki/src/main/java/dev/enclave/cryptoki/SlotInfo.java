package dev.enclave.cryptoki;

/** A slot (CK_SLOT_INFO): what it is, who made it, CKF_ of {@link Ck}, and its versions. */
public record SlotInfo(
    String description,
    String manufacturer,
    long flags,
    String hardwareVersion,
    String firmwareVersion) {

  static SlotInfo of(Layout.Reader in) {
    return new SlotInfo(in.text(64), in.text(32), in.ulong(), in.version(), in.version());
  }

  /** Returns whether the slot has a flag, such as {@link Ck#CKF_TOKEN_PRESENT}. */
  public boolean is(long flag) {
    return (flags & flag) != 0;
  }
}
