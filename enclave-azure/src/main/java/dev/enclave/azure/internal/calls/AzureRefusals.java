package dev.enclave.azure.internal.calls;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;

/** What is refused here alone; one situation, one wording. */
public final class AzureRefusals {

  private AzureRefusals() {}

  public static BackendFailure noKey(KeyName name) {
    String key = AzureNames.of(name);
    return AzureCalls.REFUSALS
        .noKey(name, "the vault has no key " + key, "name and vault")
        .naming(key);
  }

  public static BackendFailure notAKey(Origin vault) {
    String example = vault + "/keys/treasury";
    return AzureCalls.REFUSALS
        .notAKey(
            "the identifier of a key in this vault, such as "
                + example
                + ", with a version after it to use just that one")
        .naming(example);
  }

  public static BackendFailure foreign(KeyName name) {
    return BackendFailure.permanent(
            FailureCode.CORRUPT,
            "The vault has a key %s, and no version of it carries Enclave's tags."
                .formatted(AzureNames.of(name)),
            "Put the tags back as they were; the vault's log tells who changed them.")
        .naming(AzureNames.of(name));
  }

  public static BackendFailure importsNothing(KeyAlgorithm algorithm) {
    return unsupported(
        "In Azure operated by 21Vianet, vaults and managed HSMs take no keys over from elsewhere,"
            + " so none for "
            + algorithm
            + ".",
        "Create a key here, and let the old one sign a statement on it.");
  }

  public static BackendFailure deletedExchangeKey(String vaultName) {
    return BackendFailure.permanent(
            FailureCode.REJECTED,
            "The vault's key %s, under which keys are brought in, was deleted and can still be"
                    .formatted(vaultName)
                + " recovered.",
            "Recover or purge it.")
        .naming(vaultName);
  }

  public static BackendFailure exchangeKeyGone() {
    return unavailable(
        "The vault does not take the key any more under which a private key was brought in.",
        "The next attempt makes another one.");
  }

  /**
   * With two regions, of whom each shows the other's writes minutes later.
   *
   * @param doing what was refused, as the beginning of a sentence
   * @param observed by what it is known
   */
  public static BackendFailure severalRegions(String doing, String observed) {
    return unsupported(
        "%s was refused: %s, and each shows a write of the other up to six minutes later, so that"
                .formatted(doing, observed)
            + " two processes could each make the version that counts. Keys that are there sign.",
        "Create and rotate keys while the managed HSM is in one region.");
  }

  public static BackendFailure regionsUnsaid(String doing, String setting) {
    return misconfigured(
        "%s was refused: setting %s is missing, and a managed HSM may be in several regions, of"
                .formatted(doing, setting)
            + " which each shows a write of the other up to six minutes later.",
        "Set it to one if az keyvault region list shows one region, else to several.");
  }

  public static BackendFailure deleted(KeyName name) {
    return BackendFailure.permanent(
            FailureCode.ALREADY_EXISTS,
            "Key %s was deleted and can still be recovered, and until it is purged nobody can make"
                    .formatted(name)
                + " another of its name.",
            "Recover %s, or take another name: what is purged is gone for ever."
                .formatted(AzureNames.of(name)))
        .naming(AzureNames.of(name));
  }

  public static BackendFailure noEd25519(KeyAlgorithm algorithm) {
    String observed = algorithm + " is not to be had in Azure Key Vault";
    return algorithm == SigningAlgorithm.ED25519
        ? unsupported(
            observed + ", which has no Edwards curves.",
            "Take ECDSA_P256_SHA256 here, or keep the key in aws-kms, whose HSMs have Ed25519.")
        : unsupported(
            observed + ": AES keys are in managed HSMs alone.", "Take RSA_OAEP_3072_SHA256 here.");
  }

  private static BackendFailure unsupported(String observed, String advice) {
    return BackendFailure.permanent(FailureCode.UNSUPPORTED, observed, advice);
  }
}
