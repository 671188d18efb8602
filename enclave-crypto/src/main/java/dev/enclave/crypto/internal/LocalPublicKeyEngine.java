package dev.enclave.crypto.internal;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Fingerprint;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.choice.Engines;
import dev.enclave.crypto.internal.choice.Recovery;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.forms.JcaKeys;
import dev.enclave.crypto.internal.forms.Jwk;
import dev.enclave.crypto.internal.forms.JwkSet;
import dev.enclave.crypto.internal.forms.JwkWriter;
import dev.enclave.crypto.internal.forms.PublicKeyForms;
import dev.enclave.crypto.internal.hash.Digests;
import dev.enclave.crypto.internal.signature.SignatureLayout;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.PublicKeyEngine;
import java.io.IOException;
import java.io.InputStream;
import java.security.PublicKey;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * {@link PublicKeyEngine} on the fastest engine of each algorithm. Keys are read and checked here,
 * the same way for every engine.
 */
public final class LocalPublicKeyEngine implements PublicKeyEngine {

  @Override
  public Bytes canonicalSpki(Bytes spki, KeyAlgorithm algorithm) {
    return Bytes.of(PublicKeys.spki(PublicKeys.parse(spki.toByteArray(), algorithm), algorithm));
  }

  @Override
  public Bytes certificateSpki(Bytes certificate) {
    return Bytes.of(PublicKeys.ofCertificate(certificate.toByteArray()));
  }

  @Override
  public Digest digest(DigestAlgorithm algorithm, InputStream data) throws IOException {
    return Digest.of(algorithm, Digests.hash(algorithm, data));
  }

  @Override
  public Fingerprint fingerprint(Bytes spki) {
    return new Fingerprint(Bytes.of(Digests.hash(DigestAlgorithm.SHA_256, spki.toByteArray())));
  }

  @Override
  public Verifier verifier(PublicKeyInfo key) {
    KeyAlgorithm algorithm = key.algorithm();
    if (algorithm.purpose() != KeyPurpose.SIGN) {
      throw Texts.KEY_MAKES_NO_SIGNATURES.as(ErrorCode.WRONG_PURPOSE, algorithm);
    }
    return Engines.present().of(algorithm).verifier(key);
  }

  @Override
  public OptionalInt recoveryId(
      PublicKeyInfo key, SigningInput input, Bytes signature, SignatureEncoding encoding) {
    return Recovery.recoveryId(key, input, signature, encoding);
  }

  @Override
  public PublicKey toPublicKey(PublicKeyInfo key) {
    return JcaKeys.of(key);
  }

  @Override
  public Bytes point(PublicKeyInfo key, boolean compressed) {
    return Bytes.of(PublicKeyForms.point(key, compressed));
  }

  @Override
  public String ethereumAddress(PublicKeyInfo key) {
    return PublicKeyForms.ethereumAddress(key);
  }

  @Override
  public String toOpenSsh(PublicKeyInfo key) {
    return PublicKeyForms.openSsh(key);
  }

  @Override
  public Bytes convert(
      Bytes signature, KeyAlgorithm algorithm, SignatureEncoding from, SignatureEncoding to) {
    return SignatureLayout.convert(signature, algorithm, from, to);
  }

  @Override
  public String toJwk(PublicKeyInfo key, Optional<String> keyId) {
    return JwkWriter.jwk(key, keyId);
  }

  @Override
  public PublicKeySet.Entry parseJwk(String json, Optional<KeyAlgorithm> algorithm) {
    Jwk jwk = Jwk.read(json);
    return algorithm.map(jwk::toEntryFor).orElseGet(() -> jwk.toEntry(Set.of()));
  }

  @Override
  public String toJwks(PublicKeySet keys) {
    return JwkWriter.jwks(keys);
  }

  @Override
  public PublicKeySet parseJwks(String json, Set<? extends KeyAlgorithm> defaults) {
    return JwkSet.read(json, defaults);
  }
}
