package dev.enclave.kit.workload;

/**
 * What goes into a header of HTTP as it is (RFC 9110 §5.5, without what is obsolete). A client
 * tells any other value in its exception, which may be a secret.
 */
final class HeaderText {

  private HeaderText() {}

  static boolean fits(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }
}
