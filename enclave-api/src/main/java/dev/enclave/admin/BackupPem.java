package dev.enclave.admin;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyPem;
import dev.enclave.internal.Quoted;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The PEM form (RFC 7468) of backups. Says of any other text what it holds instead. */
final class BackupPem {

  private static final int LONGEST = 16 * 1024 * 1024;
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final String LABEL = "ENCRYPTED PRIVATE KEY";

  private BackupPem() {}

  static String write(Bytes block) {
    return BEGIN
        + LABEL
        + DASHES
        + "\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(block.toByteArray())
        + "\n"
        + END
        + LABEL
        + DASHES
        + "\n";
  }

  static List<Bytes> read(String text) {
    if (text.length() > LONGEST) {
      throw invalid("has " + text.length() + " characters. A backup has at most " + LONGEST + ".");
    }
    List<Bytes> blocks = new ArrayList<>();
    StringBuilder content = new StringBuilder();
    boolean inside = false;
    String whole = PublicKeyPem.withoutByteOrderMark(text);
    for (String line : whole.lines().map(String::strip).toList()) {
      if (line.startsWith(BEGIN)) {
        if (inside) {
          throw cut(blocks.size() + 1);
        }
        requireLabel(line);
        inside = true;
        content.setLength(0);
      } else if (inside && line.startsWith(END)) {
        if (!line.equals(END + LABEL + DASHES)) {
          throw cut(blocks.size() + 1);
        }
        blocks.add(decode(content.toString(), blocks.size() + 1));
        inside = false;
      } else if (inside) {
        content.append(line);
      }
    }
    if (inside) {
      throw cut(blocks.size() + 1);
    }
    if (blocks.isEmpty()) {
      throw noBlock(text);
    }
    return blocks;
  }

  private static void requireLabel(String line) {
    String label =
        line.endsWith(DASHES) && line.length() >= BEGIN.length() + DASHES.length()
            ? line.substring(BEGIN.length(), line.length() - DASHES.length())
            : line.substring(BEGIN.length());
    switch (label) {
      case LABEL -> {}
      case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY" ->
          throw invalid(
              "holds "
                  + Quoted.of(label)
                  + ", which is not an encrypted PKCS#8. If it belongs here, encrypt it with:"
                  + " openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEW.");
      case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "TRUSTED CERTIFICATE" ->
          throw invalid(
              "holds "
                  + Quoted.of(label)
                  + ", which has no private key. Pass the file that enclave keys backup wrote.");
      default ->
          throw invalid(
              "holds "
                  + Quoted.of(label)
                  + ". Only blocks BEGIN ENCRYPTED PRIVATE KEY can be restored.");
    }
  }

  private static Bytes decode(String base64, int number) {
    try {
      byte[] der = Base64.getDecoder().decode(base64);
      if (der.length > 0) {
        return Bytes.of(der);
      }
    } catch (IllegalArgumentException e) {
      // Said below: the decoder's own message may quote the content.
    }
    throw invalid("is damaged: block " + number + " is not base64. Take another copy.");
  }

  private static UsageException cut(int number) {
    return invalid(
        "is cut short: block " + number + " has no line END " + LABEL + ". Take a whole copy.");
  }

  private static UsageException noBlock(String text) {
    if (text.isBlank()) {
      return invalid("is empty. Pass the file that enclave keys backup wrote.");
    }
    if (text.charAt(0) == '0' && text.length() > 1 && !isPrintable(text.charAt(1))) {
      return invalid(
          "is binary, not PEM text. Convert DER with: openssl pkcs8 -topk8 -v2 aes-256-cbc -inform"
              + " DER -in FILE -out NEW; PKCS#12 with: openssl pkcs12 -in FILE -nocerts -out NEW.");
    }
    return invalid(
        "holds no block BEGIN "
            + LABEL
            + " but "
            + text.length()
            + " characters of something else. Pass the file that enclave keys backup wrote.");
  }

  private static boolean isPrintable(char c) {
    return c >= ' ' && c < 0x7f;
  }

  private static UsageException invalid(String what) {
    return new UsageException(ErrorCode.INVALID_BACKUP, "The backup " + what);
  }
}
