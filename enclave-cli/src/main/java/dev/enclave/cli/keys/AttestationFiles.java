package dev.enclave.cli.keys;

import dev.enclave.Bytes;
import dev.enclave.admin.ManagedKey.Attestation;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.cli.session.FileAccess;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
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

  private static final Pattern CERTIFICATE = pem("CERTIFICATE");
  private static final Pattern PUBLIC_KEY = pem("PUBLIC KEY");
  private static final int LINE = 64;

  private final FileAccess files;

  AttestationFiles(FileAccess files) {
    this.files = files;
  }

  private static Pattern pem(String label) {
    return Pattern.compile(
        "-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]+)-----END " + label + "-----");
  }

  /** The certificates of PEM files, which may say other things around them. */
  List<Bytes> certificates(List<String> typed) {
    return typed.stream()
        .flatMap(file -> blocks(CERTIFICATE, file, Texts.CERTIFICATE_IN_PEM.with()).stream())
        .toList();
  }

  /** The public key of a PEM file, DER SubjectPublicKeyInfo. */
  Bytes publicKey(String typed) {
    return blocks(PUBLIC_KEY, typed, Texts.PUBLIC_KEY_IN_PEM.with()).get(0);
  }

  private List<Bytes> blocks(Pattern pem, String file, String what) {
    List<Bytes> blocks = new ArrayList<>();
    Matcher block = pem.matcher(files.text(file));
    try {
      while (block.find()) {
        blocks.add(Bytes.of(Base64.getMimeDecoder().decode(block.group(1))));
      }
    } catch (IllegalArgumentException e) {
      blocks.clear();
    }
    if (blocks.isEmpty()) {
      throw Texts.FILE_HAS_NO.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(file), what);
    }
    return blocks;
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
