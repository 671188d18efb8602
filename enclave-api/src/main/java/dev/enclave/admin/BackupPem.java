package dev.enclave.admin;

import dev.enclave.Bytes;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.PublicKeyPem;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
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
      throw Texts.BACKUP_TOO_LONG.as(ErrorCode.INVALID_BACKUP, text.length(), LONGEST);
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
          throw Texts.BACKUP_UNENCRYPTED.as(ErrorCode.INVALID_BACKUP, Quoted.of(label));
      case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "TRUSTED CERTIFICATE" ->
          throw Texts.BACKUP_WITHOUT_PRIVATE_KEY.as(ErrorCode.INVALID_BACKUP, Quoted.of(label));
      default -> throw Texts.BACKUP_OF_OTHER_BLOCK.as(ErrorCode.INVALID_BACKUP, Quoted.of(label));
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
    throw Texts.BACKUP_NOT_BASE64.as(ErrorCode.INVALID_BACKUP, number);
  }

  private static EnclaveException cut(int number) {
    return Texts.BACKUP_CUT_SHORT.as(ErrorCode.INVALID_BACKUP, number, LABEL);
  }

  private static EnclaveException noBlock(String text) {
    if (text.isBlank()) {
      return Texts.BACKUP_EMPTY.as(ErrorCode.INVALID_BACKUP);
    }
    if (text.charAt(0) == '0' && text.length() > 1 && !isPrintable(text.charAt(1))) {
      return Texts.BACKUP_BINARY.as(ErrorCode.INVALID_BACKUP);
    }
    return Texts.BACKUP_WITHOUT_BLOCK.as(ErrorCode.INVALID_BACKUP, LABEL, text.length());
  }

  private static boolean isPrintable(char c) {
    return c >= ' ' && c < 0x7f;
  }
}
