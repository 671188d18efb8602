package dev.enclave;

import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.texts.Texts;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.jspecify.annotations.Nullable;

/** What signing and wrapping algorithms have alike; see {@link KeyAlgorithm}. */
record AlgorithmTraits(
    Family family,
    @Nullable String curve,
    int keyBits,
    @Nullable DigestAlgorithm digest,
    @Nullable String joseName,
    @Nullable Integer coseId,
    String jcaName) {

  private static final String MGF1 = "MGF1";

  static <A extends KeyAlgorithm> A parse(String name, List<A> known) {
    for (A algorithm : known) {
      if (algorithm.name().equalsIgnoreCase(name)) {
        return algorithm;
      }
    }
    throw (isKnown(name) ? Texts.ALGORITHM_OF_OTHER_PURPOSE : Texts.ALGORITHM_UNKNOWN)
        .as(
            ErrorCode.UNKNOWN_ALGORITHM,
            Quoted.of(name),
            known.stream().map(KeyAlgorithm::name).collect(Collectors.joining(", ")));
  }

  private static boolean isKnown(String name) {
    return KeyAlgorithm.all().stream().anyMatch(a -> a.name().equalsIgnoreCase(name));
  }

  OptionalInt cose() {
    return coseId == null ? OptionalInt.empty() : OptionalInt.of(coseId);
  }

  Optional<AlgorithmParameterSpec> jcaParameters() {
    if (digest == null) {
      return Optional.empty();
    }
    MGF1ParameterSpec mask = new MGF1ParameterSpec(digest.jcaName());
    return switch (family) {
      case RSA_PSS ->
          Optional.of(
              new PSSParameterSpec(
                  digest.jcaName(),
                  MGF1,
                  mask,
                  digest.length(),
                  PSSParameterSpec.TRAILER_FIELD_BC));
      case RSA_OAEP ->
          Optional.of(
              new OAEPParameterSpec(digest.jcaName(), MGF1, mask, PSource.PSpecified.DEFAULT));
      default -> Optional.empty();
    };
  }
}
