package dev.enclave;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/** The text form of a {@link SignatureValue}, out and in. */
final class SignatureText {

  private static final String PREFIX = "enclave-signature:v1:";
  private static final String FALLBACK = "enclave-fallback-signature:v1:";
  private static final int PARTS = 7;
  private static final String NONE = "-";

  private SignatureText() {}

  static String write(SignatureValue value) {
    return value
        .endorsement()
        .map(word -> FALLBACK + percentEncoded(word.toString()) + ":" + plain(value))
        .orElseGet(() -> plain(value));
  }

  private static String plain(SignatureValue value) {
    OptionalInt recoveryId = value.recoveryId();
    return PREFIX
        + String.join(
            ":",
            value.algorithm().name(),
            value.encoding().name(),
            value.bytes().toHex(),
            value.version().value(),
            recoveryId.isPresent() ? Integer.toString(recoveryId.getAsInt()) : NONE,
            value.traceId().map(SignatureText::encoded).orElse(NONE),
            value.key().toString());
  }

  /** Percent-encoded; an id that reads as none is, too. */
  private static String encoded(String traceId) {
    return traceId.equals(NONE) ? "%2D" : percentEncoded(traceId);
  }

  private static String percentEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static SignatureValue read(String text) {
    if (!text.startsWith(FALLBACK)) {
      return readPlain(text);
    }
    String[] parts = text.substring(FALLBACK.length()).split(":", 2);
    if (parts.length != 2) {
      throw invalid(Texts.FALLBACK_SIGNATURE_PARTS.with(FALLBACK), text);
    }
    SignatureValue value;
    try {
      value =
          Fallback.Endorsement.parse(URLDecoder.decode(parts[0], StandardCharsets.UTF_8))
              .on(readPlain(parts[1]));
    } catch (UsageException e) {
      throw e.code() == ErrorCode.INVALID_SIGNATURE
          ? e
          : invalid(String.valueOf(e.getMessage()), text);
    } catch (IllegalArgumentException e) {
      throw invalid(Texts.ENDORSEMENT_NOT_ENCODED.with(), text);
    }
    if (!value.toString().equals(text)) {
      throw invalid(Texts.NOT_AS_TO_STRING_SPELLS_IT.with(), text);
    }
    return value;
  }

  /** Of a signature that a key made itself. */
  private static SignatureValue readPlain(String text) {
    if (!text.startsWith(PREFIX)) {
      throw invalid(Texts.OTHER_PREFIX.with(PREFIX), text);
    }
    // The handle comes last, since it has colons of its own.
    String[] parts = text.substring(PREFIX.length()).split(":", PARTS);
    if (parts.length != PARTS) {
      throw invalid(Texts.SIGNATURE_PARTS.with(PARTS, PREFIX, parts.length), text);
    }
    SignatureValue value = value(parts, text);
    if (!value.toString().equals(text)) {
      throw invalid(Texts.SIGNATURE_NOT_CANONICAL.with(), text);
    }
    return value;
  }

  private static SignatureValue value(String[] parts, String text) {
    OptionalInt recoveryId = recoveryId(parts[4], text);
    Optional<String> traceId = traceId(parts[5], text);
    try {
      SignatureValue value =
          SignatureValue.of(
              Bytes.ofHex(parts[2]),
              encoding(parts[1], text),
              SigningAlgorithm.parse(parts[0]),
              KeyHandle.parse(parts[6]),
              KeyVersionId.of(parts[3]),
              traceId);
      return recoveryId.isPresent() ? value.withRecoveryId(() -> recoveryId) : value;
    } catch (UsageException e) {
      throw e.code() == ErrorCode.INVALID_SIGNATURE
          ? e
          : invalid(String.valueOf(e.getMessage()), text);
    }
  }

  private static SignatureEncoding encoding(String name, String text) {
    for (SignatureEncoding encoding : SignatureEncoding.values()) {
      if (encoding.name().equals(name)) {
        return encoding;
      }
    }
    throw invalid(Texts.ENCODING_UNKNOWN.with(Quoted.of(name)), text);
  }

  private static OptionalInt recoveryId(String part, String text) {
    return switch (part) {
      case NONE -> OptionalInt.empty();
      case "0", "1", "2", "3" -> OptionalInt.of(part.charAt(0) - '0');
      default -> throw invalid(Texts.RECOVERY_ID_WRONG.with(NONE), text);
    };
  }

  private static Optional<String> traceId(String part, String text) {
    try {
      return part.equals(NONE)
          ? Optional.empty()
          : Optional.of(URLDecoder.decode(part, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw invalid(Texts.TRACE_ID_NOT_ENCODED.with(), text);
    }
  }

  private static EnclaveException invalid(String why, String text) {
    return Texts.NOT_A_SIGNATURE.as(ErrorCode.INVALID_SIGNATURE, Quoted.of(text), why);
  }
}
