package dev.enclave.cli.keys;

import dev.enclave.Bytes;
import dev.enclave.admin.ManagedKey.Attestation;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.cli.session.FileAccess;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Roots that come in and statements that go out, as other tools have them. */
final class AttestationFiles {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");
  private static final int LINE = 64;

  private final FileAccess files;

  AttestationFiles(FileAccess files) {
    this.files = files;
  }

  /** The certificates of PEM files, which may say other things around them. */
  List<Bytes> roots(List<String> typed) {
    List<Bytes> roots = new ArrayList<>();
    for (String file : typed) {
      int before = roots.size();
      Matcher block = PEM.matcher(files.text(file));
      while (block.find()) {
        roots.add(decoded(file, block.group(1)));
      }
      if (roots.size() == before) {
        throw noCertificate(file);
      }
    }
    return roots;
  }

  private static Bytes decoded(String file, String base64) {
    try {
      return Bytes.of(Base64.getMimeDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw noCertificate(file);
    }
  }

  private static UsageException noCertificate(String file) {
    return new UsageException(
        ErrorCode.INVALID_ARGUMENT,
        "File "
            + Quoted.of(file)
            + " has no certificate in PEM. Convert with: openssl x509 -inform DER -in FILE.");
  }

  /** The statement, and beside it every certificate once. */
  void write(String file, Attestation attestation) {
    Set<Bytes> certificates = new LinkedHashSet<>();
    for (Chain chain : attestation.chains()) {
      certificates.addAll(chain.certificates());
    }
    StringBuilder pem = new StringBuilder();
    Base64.Encoder encoder = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII));
    for (Bytes certificate : certificates) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(encoder.encodeToString(certificate.toByteArray()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    files.write(file, attestation.statement().toByteArray());
    files.write(file + ".pem", pem.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
