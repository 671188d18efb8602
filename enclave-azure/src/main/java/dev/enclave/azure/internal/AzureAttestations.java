package dev.enclave.azure.internal;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyAttestation;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Bytes;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.attest.CardStatement;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the HSM of a managed HSM says of a version, fetched and read: that it is about this very
 * version, whether it was made there, and whether the key of a certificate that came along signed
 * it. Whether those certificates end at the manufacturer's root is for whoever has that from
 * elsewhere.
 */
public record AzureAttestations(AzureCalls calls) implements Attester {

  private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9._-]{1,32}");

  @Override
  public Attestation attest(KeyVersionRef ref, CallContext call) throws BackendFailure {
    AzureNames.Id id =
        AzureNames.parse(ref.providerUri(), calls.endpoint().origin())
            .filter(parsed -> parsed.version().equals(Optional.of(ref.version().value())))
            .orElseThrow(() -> AzureCalls.REFUSALS.noVersion(ref.name(), ref.version()));
    KeyVaultKey key =
        calls.key(
            AzureOperation.GET_KEY_ATTESTATION,
            ref.providerUri(),
            call,
            keys ->
                keys.getKeyAttestationWithResponse(id.name(), ref.version().value(), Context.NONE));
    if (!ref.providerUri().equals(key.getId())) {
      throw AzureCalls.REFUSALS.wrongAnswer(Texts.ATTESTATION_OF_ANOTHER.with());
    }
    KeyAttestation given = key.getProperties().getKeyAttestation();
    byte @Nullable [] statement = given == null ? null : given.getPrivateKeyAttestation();
    if (given == null || statement == null || statement.length == 0) {
      throw Texts.NO_ATTESTATION
          .permanent(FailureCode.UNSUPPORTED, ref.providerUri())
          .naming(ref.providerUri());
    }
    List<X509Certificate> certificates = certificates(given.getCertificatePemFile());
    CardStatement read = new CardStatement(statement, 1);
    List<X509Certificate> chain = chain(read, certificates);
    return Attestation.of(
        Optional.ofNullable(given.getVersion())
            .filter(version -> FORMAT.matcher(version).matches())
            .orElse("unnamed"),
        Bytes.of(statement),
        CardStatement.encoded(chain),
        facts(id, read.objects(), certificates.size(), !chain.isEmpty()));
  }

  /** They come in no order, or not at all. */
  private static List<X509Certificate> certificates(byte @Nullable [] pem) throws BackendFailure {
    return pem == null || pem.length == 0
        ? List.of()
        : CardStatement.certificates(
            pem, () -> AzureCalls.REFUSALS.wrongAnswer(Texts.CERTIFICATES_UNREADABLE.with()));
  }

  /**
   * Who certified whom from the key that signed on, up to but without a root that came along; none
   * if no certificate came.
   */
  private static List<X509Certificate> chain(CardStatement statement, List<X509Certificate> all)
      throws BackendFailure {
    List<X509Certificate> longest = List.of();
    boolean signed = all.isEmpty();
    for (X509Certificate leaf : all) {
      if (statement.signedBy(leaf, true)) {
        signed = true;
        List<X509Certificate> chain = CardStatement.path(leaf, all);
        longest = chain.size() > longest.size() ? chain : longest;
      }
    }
    if (!signed) {
      throw AzureCalls.REFUSALS.wrongAnswer(Texts.SIGNED_BY_NONE.with());
    }
    return longest;
  }

  private static Map<String, String> facts(
      AzureNames.Id id, List<Map<Integer, byte[]>> objects, int certificates, boolean signed)
      throws BackendFailure {
    Map<String, String> facts = new TreeMap<>();
    facts.put("certificates", Integer.toString(certificates));
    facts.put(Texts.SIGNED_BY_LEAF.with(), signed ? "yes" : Texts.NOT_CHECKED.with());
    byte @Nullable [] named = objects.isEmpty() ? null : objects.get(0).get(CardStatement.ID);
    if (named == null) {
      facts.put("attributes", Texts.LAYOUT_UNKNOWN.with());
      return facts;
    }
    if (!names(named, id)) {
      throw AzureCalls.REFUSALS.wrongAnswer(Texts.OTHER_VERSION.with());
    }
    facts.put(Texts.OF_THIS_VERSION.with(), Texts.YES_BY_NAME.with());
    facts.putAll(CardStatement.facts(objects.get(0)));
    return facts;
  }

  private static boolean names(byte[] value, AzureNames.Id id) {
    List<String> parts =
        List.of(new String(value, StandardCharsets.UTF_8).replace("\0", "").split("/", -1));
    int last = parts.size() - 1;
    return last > 0
        && parts.get(last - 1).equalsIgnoreCase(id.name())
        && parts.get(last).equals(id.version().orElse(""));
  }
}
