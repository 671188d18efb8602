package dev.enclave.azure.internal.attest;

import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyAttestation;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.Bytes;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;
import java.nio.charset.StandardCharsets;
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
public final class AzureAttestations implements Attester {

  private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9._-]{1,32}");

  private final AzureCalls calls;

  public AzureAttestations(AzureCalls calls) {
    this.calls = calls;
  }

  @Override
  public Attestation attest(KeyVersionRef ref, CallContext call) throws BackendFailure {
    AzureNames.Id id =
        AzureNames.parse(ref.providerUri(), calls.endpoint().origin())
            .filter(parsed -> parsed.version().equals(Optional.of(ref.version().value())))
            .orElseThrow(() -> AzureCalls.REFUSALS.noVersion(ref.name(), ref.version()));
    KeyVaultKey key =
        calls
            .send(
                AzureOperation.GET_KEY_ATTESTATION,
                ref.providerUri(),
                call,
                session ->
                    session
                        .keys()
                        .getKeyAttestationWithResponse(
                            id.name(), ref.version().value(), Context.NONE)
                        .getValue())
            .value();
    if (!ref.providerUri().equals(key.getId())) {
      throw AzureCalls.REFUSALS.wrongAnswer("the attestation came with another key");
    }
    KeyAttestation given = key.getProperties().getKeyAttestation();
    byte @Nullable [] statement = given == null ? null : given.getPrivateKeyAttestation();
    if (given == null || statement == null || statement.length == 0) {
      throw BackendFailure.permanent(
              FailureCode.UNSUPPORTED,
              "The managed HSM sent no attestation of "
                  + ref.providerUri()
                  + ". It has one for keys in its HSM; ask again in a while for one just made.")
          .naming(ref.providerUri());
    }
    AttestationCertificates certificates =
        AttestationCertificates.of(given.getCertificatePemFile(), statement);
    return Attestation.of(
        Optional.ofNullable(given.getVersion())
            .filter(version -> FORMAT.matcher(version).matches())
            .orElse("unnamed"),
        Bytes.of(statement),
        certificates.chain(),
        facts(id, statement, certificates));
  }

  private static Map<String, String> facts(
      AzureNames.Id id, byte[] statement, AttestationCertificates certificates)
      throws BackendFailure {
    Map<String, String> facts = new TreeMap<>();
    facts.put("certificates", Integer.toString(certificates.count()));
    facts.put(
        "signed by the leaf certificate's key",
        certificates.chain().isEmpty() ? "not checked" : "yes");
    Optional<Map<Integer, byte[]>> attributes = MarvellStatement.attributes(statement);
    byte @Nullable [] named = attributes.map(a -> a.get(MarvellStatement.ID)).orElse(null);
    if (attributes.isEmpty() || named == null) {
      facts.put("attributes", "laid out in a way that is not known here");
      return facts;
    }
    if (!names(named, id)) {
      throw AzureCalls.REFUSALS.wrongAnswer("the attestation is of another version");
    }
    facts.put("of this version", "yes, by name and version in it");
    facts.put(MADE_IN_HSM, flag(attributes.get().get(MarvellStatement.LOCAL)));
    facts.put(EXTRACTABLE, flag(attributes.get().get(MarvellStatement.EXTRACTABLE)));
    facts.put(NEVER_EXTRACTABLE, flag(attributes.get().get(MarvellStatement.NEVER_EXTRACTABLE)));
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

  private static String flag(byte @Nullable [] value) {
    if (value == null || value.length == 0) {
      return "not said";
    }
    for (byte b : value) {
      if (b != 0) {
        return "yes";
      }
    }
    return "no";
  }
}
