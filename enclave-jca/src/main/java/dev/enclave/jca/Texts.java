package dev.enclave.jca;

import dev.enclave.internal.Text;

/** All that the JCA provider says. */
enum Texts implements Text {
  // -- jca
  CHAINS_TOO_LONG("is longer than 4 Mi characters. Give the certificates of keys alone."),
  BLOCK_IS_NO_CERTIFICATE(
      "has a block that is no certificate. Private keys do not belong into it."),
  CERTIFICATE_WITHOUT_NAME(
      "has a certificate and no name of a key before it. Write a line 'friendlyName:' with the"
          + " key's name before the first certificate of each chain."),
  CERTIFICATE_NO_BASE64("has a certificate that is no base64. Copy it again."),
  CHAINS_INVALID("The text of the certificate chains {what}"),
  CHAIN_OUT_OF_ORDER(
      "The certificate chain of key {key} is empty or out of order. Put the key's own certificate"
          + " first, then the one of its issuer, and so on."),
  CERTIFICATE_NOT_ENCODED(
      "has a certificate that cannot be encoded. Read it from its bytes again."),
  DNS_NAME("DNS name"),
  IP_ADDRESS("IP address"),
  SUBJECT_MALFORMED("A {kind} of a certificate is malformed. Write it as {example}."),
  NAME_MALFORMED(
      "The distinguished name of a certificate is malformed. Write it as"
          + " CN=wallet.example.com,O=Example."),
  VALIDITY_TOO_SHORT(
      "A certificate was to be valid for less than a second, or to have no distinguished name."
          + " Give it a validity of days, and a name such as CN=wallet.example.com."),
  SOURCE_NOT_ANSWERED(
      "The CertificateSource has not answered for {seconds} s. It was asked for the chain of"
          + " {alias}. Look at what it waits for, and give that a timeout: it is not asked again"
          + " before it has answered."),
  INTERRUPTED("The thread was interrupted while it waited for the CertificateSource. Try again."),
  SOURCE_GAVE(
      "The CertificateSource gave {gave} for version {keyId}. Have it give the chain that was"
          + " issued for the version's public key, its own certificate first."),
  NO_CERTIFICATE("no certificate"),
  CERTIFICATE_OF_ANOTHER_KEY("the certificate of another key"),
  CHAIN_OUTDATED(
      "The certificate chain of version {keyId} is valid from {from} until {at}, and it is"
          + " {otherAt}. Have the CertificateSource give one that is valid now, or set this"
          + " machine's clock."),
  NO_CHAIN(
      "Version {keyId} is active and has no certificate chain. Have a certificate issued for it"
          + " with Certificates.request, and give its chain to the CertificateSource."),
  MESSAGE_IS_ENCLAVES(
      "The message begins as what Enclave itself signs does. Nothing was signed. Put something of"
          + " the application's own before it."),
  NO_DIGEST_INFO(
      "NONEwithRSA was given {length} bytes that are no DigestInfo of {hash}, the hash of"
          + " {algorithm}. Give the DER of RFC 8017 section 9.2, or use {signature} with the"
          + " message."),
  PROVIDER_NOT_IN_LIST(
      "Java's TLS finds signatures by the list of providers, and EnclaveProvider is not in it."
          + " Call Security.addProvider(new EnclaveProvider()) at the start."),
  NO_TLS(
      "This JVM has no TLS that can be set up. Look at the security providers in java.security."),
  CHAINS_OF_OTHER_VERSIONS(
      "Version {keyId} is active, and the certificate chains are of other versions of the key."
          + " Have a certificate issued for it with Certificates.request, and add its chain."),
  PROVIDER_INFO("Enclave: private keys that stay where they are"),
  KEY_STORE_UNCONFIGURED(
      "A key store of type Enclave was loaded by a provider that knows no Enclave. Give keytool or"
          + " jarsigner -providerArg with the path of Enclave's configuration file; in an"
          + " application, use CertifiedKeys.keyStore()."),
  SIGNING_KEY_HAS_THEM("The key that signed has them"),
  KEY_HAS_THEM("Key {keyId} has them"),
  EC_PARAMETERS("an ECParameterSpec"),
  EDDSA_PARAMETERS("an EdDSAParameterSpec without prehash and context, or none"),
  NO_PARAMETERS("no parameters"),
  PSS_PARAMETERS("a PSSParameterSpec with MGF1 and trailer field 1"),
  OTHER_PARAMETERS(
      "Key {keyId} is for {signingAlgorithm}, and other parameters were given. Give those of"
          + " SigningAlgorithm.jcaParameters(), or none on an elliptic curve."),
  CERTIFICATE_MALFORMED(
      "A certificate is malformed. Give X.509 certificates as the certification authority issued"
          + " them."),
  X509_HAS_NO_NAME(
      "X.509 has no name for {algorithm}, so that no certificate or request can be signed with it."
          + " Use a key of another algorithm, such as ECDSA_P256_SHA256."),
  ;

  private final String lines;

  Texts(String... parts) {
    this.lines = String.join("\n", parts);
  }

  @Override
  public String lines() {
    return lines;
  }
}
