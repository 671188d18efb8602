package dev.enclave.auditlog.merkle;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Section 2.1 of RFC 6962, word for word: recursive, and sharing nothing with the code it checks.
 */
public final class Rfc6962 {

  private Rfc6962() {}

  /** MTH(D[n]), section 2.1. */
  public static byte[] mth(List<byte[]> d) {
    if (d.isEmpty()) {
      return sha256(new byte[0]);
    }
    if (d.size() == 1) {
      return sha256(new byte[] {0}, d.get(0));
    }
    int k = k(d.size());
    return sha256(new byte[] {1}, mth(d.subList(0, k)), mth(d.subList(k, d.size())));
  }

  /** PATH(m, D[n]), section 2.1.1. */
  public static List<byte[]> path(int m, List<byte[]> d) {
    if (d.size() == 1) {
      return List.of();
    }
    int k = k(d.size());
    return m < k
        ? with(path(m, d.subList(0, k)), mth(d.subList(k, d.size())))
        : with(path(m - k, d.subList(k, d.size())), mth(d.subList(0, k)));
  }

  /** PROOF(m, D[n]), section 2.1.2. */
  public static List<byte[]> proof(int m, List<byte[]> d) {
    return subproof(m, d, true);
  }

  private static List<byte[]> subproof(int m, List<byte[]> d, boolean b) {
    int n = d.size();
    if (m == n) {
      return b ? List.of() : List.of(mth(d));
    }
    int k = k(n);
    return m <= k
        ? with(subproof(m, d.subList(0, k), b), mth(d.subList(k, n)))
        : with(subproof(m - k, d.subList(k, n), false), mth(d.subList(0, k)));
  }

  /** The largest power of two smaller than n. */
  private static int k(int n) {
    int k = 1;
    while (2 * k < n) {
      k *= 2;
    }
    return k;
  }

  private static List<byte[]> with(List<byte[]> path, byte[] last) {
    List<byte[]> longer = new ArrayList<>(path);
    longer.add(last);
    return longer;
  }

  private static byte[] sha256(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
