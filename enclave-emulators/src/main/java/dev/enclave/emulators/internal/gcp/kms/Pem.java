package dev.enclave.emulators.internal.gcp.kms;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Textual encodings (RFC 7468). */
final class Pem {

  private static final int LINE = 64;

  private Pem() {}

  static ByteString publicKey(byte[] encoded) {
    return ByteString.copyFromUtf8(of("PUBLIC KEY", encoded));
  }

  static String of(String label, byte[] encoded) {
    byte[] newLine = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(LINE, newLine).encodeToString(encoded)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
