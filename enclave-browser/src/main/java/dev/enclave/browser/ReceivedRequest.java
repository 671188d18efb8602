package dev.enclave.browser;

import dev.enclave.Bytes;
import dev.enclave.Fingerprint;
import dev.enclave.PublicKeyInfo;
import dev.enclave.browser.internal.Texts;
import dev.enclave.error.UsageException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A request whose challenge is open and its own: what remains is keys and signatures. */
final class ReceivedRequest {

  private static final String PROOF_ACTION = "succeed";

  private final String received;
  private final SignedRequest signed;
  private final Challenge challenge;
  private final WalletStore store;
  private final Instant now;
  private final Duration keyLifetime;

  ReceivedRequest(
      String received,
      SignedRequest signed,
      Challenge challenge,
      WalletStore store,
      Instant now,
      Duration keyLifetime) {
    this.received = received;
    this.signed = signed;
    this.challenge = challenge;
    this.store = store;
    this.now = now;
    this.keyLifetime = keyLifetime;
  }

  Reception.Accepted accept() throws RefusedRequest {
    return switch (challenge.action()) {
      case REGISTER -> register();
      case SIGN -> {
        requireOnly("text");
        WalletKey key = signer();
        yield done(new WalletChange.Use(key.id()), key);
      }
      case ROTATE -> rotate();
      case REVOKE -> {
        requireOnly("");
        WalletKey key = signer();
        yield done(new WalletChange.Revoke(key.id()), key.in(WalletKey.State.REVOKED));
      }
    };
  }

  private Reception.Accepted register() throws RefusedRequest {
    requireOnly("key");
    PublicKeyInfo key = publicKey(signed);
    requireKeyId(signed, key);
    if (!signed.isSignedBy(key)) {
      throw invalidSignature();
    }
    WalletKey registered = registered(key, key.fingerprint());
    return done(new WalletChange.Add(registered), registered);
  }

  private Reception.Accepted rotate() throws RefusedRequest {
    requireOnly("proof");
    WalletKey old = signer();
    SignedRequest proof = SignedRequest.parse(signed.claim("proof"));
    PublicKeyInfo key = publicKey(proof);
    requireKeyId(proof, key);
    boolean same =
        proof.claim("action").equals(PROOF_ACTION)
            && proof.claim("predecessor").equals(old.id().toString())
            && isRepeated(proof, "origin")
            && isRepeated(proof, "purpose")
            && isRepeated(proof, "nonce")
            && isRepeated(proof, "exp")
            && proof.claims().size() == 7;
    if (!same || !proof.isSignedBy(key)) {
      throw new RefusedRequest(Refusal.INVALID_PROOF, Texts.SUCCESSION_NOT_SIGNED.with(old.id()));
    }
    WalletKey successor = registered(key, old.wallet());
    return done(new WalletChange.Replace(old.id(), successor, received), successor);
  }

  private boolean isRepeated(SignedRequest proof, String claim) throws RefusedRequest {
    return proof.claim(claim).equals(signed.claim(claim));
  }

  /** Besides what every request has, no claim but this one: what is signed is used. */
  private void requireOnly(String claim) throws RefusedRequest {
    for (String name : signed.claims().keySet()) {
      boolean common =
          switch (name) {
            case "origin", "action", "purpose", "nonce", "exp", "text" -> true;
            default -> false;
          };
      if (!common && !name.equals(claim)) {
        throw SignedRequest.malformed(Texts.ACTION_LACKS.with(challenge.action().spelled(), name));
      }
    }
    if (claim.equals("text") && signed.claim("text").isBlank()) {
      throw SignedRequest.malformed(Texts.TEXT_IS_BLANK.with());
    }
  }

  /** The active key of this owner that signed the request. */
  private WalletKey signer() throws RefusedRequest {
    WalletKey key =
        store
            .key(keyId())
            .filter(found -> found.owner().equals(challenge.owner()))
            .orElseThrow(
                () -> new RefusedRequest(Refusal.UNKNOWN_KEY, Texts.NO_WALLET_OF_KEY.with()));
    if (!signed.isSignedBy(key.key())) {
      throw invalidSignature();
    }
    if (key.state() != WalletKey.State.ACTIVE || !key.expiresAt().isAfter(now)) {
      throw new RefusedRequest(
          Refusal.KEY_ENDED,
          Texts.KEY_NOT_ACTIVE.with(
              key.state() == WalletKey.State.ACTIVE
                  ? Texts.EXPIRED_SINCE.with(key.expiresAt())
                  : key.state().name().toLowerCase(Locale.ROOT)));
    }
    return key;
  }

  private Fingerprint keyId() throws RefusedRequest {
    try {
      return new Fingerprint(Bytes.ofHex(signed.keyId()));
    } catch (UsageException e) {
      throw SignedRequest.malformed(Texts.KID_NO_FINGERPRINT.with());
    }
  }

  private static void requireKeyId(SignedRequest signed, PublicKeyInfo key) throws RefusedRequest {
    if (!signed.keyId().equals(key.fingerprint().toString())) {
      throw SignedRequest.malformed(Texts.KID_OF_ANOTHER_KEY.with());
    }
  }

  private static PublicKeyInfo publicKey(SignedRequest signed) throws RefusedRequest {
    byte[] encoded = SignedRequest.decode(signed.claim("key"), "key");
    try {
      return PublicKeyInfo.fromSpki(encoded, signed.algorithm());
    } catch (UsageException e) {
      throw SignedRequest.malformed(Texts.NO_PUBLIC_KEY.with(signed.algorithm()));
    }
  }

  private WalletKey registered(PublicKeyInfo key, Fingerprint wallet) {
    return new WalletKey(
        key.fingerprint(),
        wallet,
        challenge.owner(),
        key,
        WalletKey.State.ACTIVE,
        now,
        now.plus(keyLifetime));
  }

  private Reception.Accepted done(WalletChange change, WalletKey key) throws RefusedRequest {
    switch (store.commit(challenge.nonce(), change)) {
      case DONE -> {}
      case NO_CHALLENGE ->
          throw new RefusedRequest(Refusal.UNKNOWN_NONCE, Texts.RECEIVED_TWICE.with());
      case CONFLICT -> throw conflict(change);
    }
    return accepted(challenge, signed, key);
  }

  static Reception.Accepted accepted(Challenge challenge, SignedRequest signed, WalletKey key) {
    return new Reception.Accepted(
        challenge.action(), challenge.purpose(), key, signed.claims().getOrDefault("text", ""));
  }

  private static RefusedRequest conflict(WalletChange change) {
    return change instanceof WalletChange.Add
        ? new RefusedRequest(Refusal.KEY_EXISTS, Texts.KEY_REGISTERED_ALREADY.with())
        : new RefusedRequest(Refusal.CONFLICT, Texts.KEY_CHANGED_MEANWHILE.with());
  }

  private static RefusedRequest invalidSignature() {
    return new RefusedRequest(Refusal.INVALID_SIGNATURE, Texts.SIGNATURE_INVALID.with());
  }
}
