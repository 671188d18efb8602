package dev.enclave.browser;

import static java.util.stream.Collectors.joining;

import dev.enclave.Bytes;
import dev.enclave.Fingerprint;
import dev.enclave.browser.internal.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The wallets that users have in their browsers: issues challenges, and receives what wallets sign.
 * A signature counts for one origin, one owner, one action, one purpose and one challenge, and so
 * once. Thread-safe; several processes may share a store.
 *
 * <p>The application says who the owner is: it has authenticated the user by other means. Neither
 * requests nor messages hold secrets.
 */
public final class BrowserWallets {

  /** Characters of a request; longer ones are refused unread. */
  public static final int LONGEST_REQUEST = 32_768;

  private static final int NONCE_LENGTH = 32;
  private static final int LONGEST_OWNER = 255;
  private static final Duration LONGEST_CHALLENGE = Duration.ofHours(1);
  private static final Pattern PURPOSE = Pattern.compile("[a-z][a-z0-9-]{0,51}");
  private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final Pattern ORIGIN =
      Pattern.compile(
          "https://[a-z0-9.-]+(:[0-9]{1,5})?"
              + "|http://(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?");

  private final String origin;
  private final WalletStore store;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Duration challengeLifetime;
  private final Duration keyLifetime;

  private BrowserWallets(Builder builder) {
    this.origin = builder.origin;
    this.store = builder.store;
    this.clock = builder.clock;
    this.random = builder.random;
    this.challengeLifetime = builder.challengeLifetime;
    this.keyLifetime = builder.keyLifetime;
  }

  /**
   * Begins to set one up.
   *
   * @param origin of the pages with the wallet, as browsers spell it (RFC 6454 §6.2): {@code
   *     https://wallet.example}; {@code http} on the own machine only
   * @param clock for example {@code Clock.systemUTC()}
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when it is no such origin
   */
  public static Builder builder(
      String origin, WalletStore store, InstantSource clock, SecureRandom random) {
    if (!ORIGIN.matcher(origin).matches()) {
      throw invalid(Texts.ORIGIN_INVALID.with(Quoted.of(origin)));
    }
    return new Builder(origin, store, clock, random);
  }

  /** Sets up a {@link BrowserWallets}. */
  public static final class Builder {

    private final String origin;
    private final WalletStore store;
    private final InstantSource clock;
    private final SecureRandom random;
    private Duration challengeLifetime = Duration.ofMinutes(2);
    private Duration keyLifetime = Duration.ofDays(90);

    private Builder(String origin, WalletStore store, InstantSource clock, SecureRandom random) {
      this.origin = origin;
      this.store = store;
      this.clock = clock;
      this.random = random;
    }

    /**
     * How long a user has from the challenge to the signature: 2 minutes unless set.
     *
     * @param lifetime 1 second to 1 hour
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for another
     */
    public Builder challengeLifetime(Duration lifetime) {
      requireBetween(lifetime, LONGEST_CHALLENGE);
      challengeLifetime = lifetime;
      return this;
    }

    /**
     * How long a key counts from its registration or rotation: 90 days unless set.
     *
     * @param lifetime 1 second to 10 years
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for another
     */
    public Builder keyLifetime(Duration lifetime) {
      requireBetween(lifetime, Duration.ofDays(3653));
      keyLifetime = lifetime;
      return this;
    }

    private static void requireBetween(Duration lifetime, Duration longest) {
      if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(longest) > 0) {
        throw invalid(Texts.LIFETIME_INVALID.with(lifetime, longest));
      }
    }

    /** What receives requests. */
    public BrowserWallets build() {
      return new BrowserWallets(this);
    }
  }

  /**
   * Of the pages with the wallet, as browsers say it in the header {@code Origin} of each POST. Let
   * it equal that header before you issue a challenge or receive a request: any site can make the
   * user's browser send one.
   */
  public String origin() {
    return origin;
  }

  /**
   * Issues a challenge, which the wallet in the browser signs with its request. Whoever may call
   * this costs the store a row, and 16 of an owner are kept: answer a POST from {@link #origin()}
   * with it, never a GET, which an image of another site is.
   *
   * @param owner the user who is signed in, 1 to 255 characters
   * @param purpose {@code [a-z][a-z0-9-]{0,51}}, for example {@code payment}
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for another owner or purpose
   */
  public Challenge challenge(String owner, WalletAction action, String purpose) {
    requireOwner(owner);
    requirePurpose(purpose);
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    Instant now = clock.instant();
    Challenge challenge =
        new Challenge(
            Base64.getUrlEncoder().withoutPadding().encodeToString(nonce),
            owner,
            action,
            purpose,
            now.plus(challengeLifetime).truncatedTo(ChronoUnit.SECONDS));
    store.add(challenge, now);
    return challenge;
  }

  /**
   * Receives a request, checks it and does what it asks, once. A rotation that comes again, as
   * browsers send a request again when a connection ends, is given its answer again.
   *
   * @param owner the user who is signed in
   * @param action what this part of the application receives
   * @param purpose what this part of the application wants signatures for
   * @param request what the wallet returned
   * @return why not, for a request that anybody may have made up; never an exception for that
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) for an owner or purpose that no
   *     challenge can have
   */
  public Reception receive(String owner, WalletAction action, String purpose, String request) {
    requireOwner(owner);
    requirePurpose(purpose);
    if (request.length() > LONGEST_REQUEST) {
      return new Reception.Refused(
          Refusal.TOO_LARGE, Texts.REQUEST_TOO_LONG.with(request.length(), LONGEST_REQUEST));
    }
    try {
      SignedRequest signed = SignedRequest.parse(request);
      String nonce = nonce(action, purpose, signed);
      try {
        Challenge challenge = challenge(owner, action, purpose, signed);
        return new ReceivedRequest(request, signed, challenge, store, clock.instant(), keyLifetime)
            .accept();
      } catch (RefusedRequest e) {
        return repeated(owner, purpose, nonce, request).orElseThrow(() -> e);
      }
    } catch (RefusedRequest e) {
      return e.reception();
    }
  }

  /** What was accepted of exactly this request, if it was a rotation whose new key counts. */
  private Optional<Reception> repeated(String owner, String purpose, String nonce, String request)
      throws RefusedRequest {
    Optional<Challenge> taken =
        store
            .rotated(nonce, request)
            .filter(
                challenge ->
                    challenge.owner().equals(owner)
                        && challenge.purpose().equals(purpose)
                        && challenge.expiresAt().isAfter(clock.instant()));
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    SignedRequest signed = SignedRequest.parse(request);
    String successor = SignedRequest.parse(signed.claim("proof")).keyId();
    return store
        .key(new Fingerprint(Bytes.ofHex(successor)))
        .filter(key -> key.state() == WalletKey.State.ACTIVE)
        .map(key -> ReceivedRequest.accepted(taken.get(), signed, key));
  }

  private String nonce(WalletAction action, String purpose, SignedRequest signed)
      throws RefusedRequest {
    requireStated(signed, "origin", origin, Refusal.WRONG_ORIGIN);
    requireStated(signed, "action", action.spelled(), Refusal.WRONG_ACTION);
    requireStated(signed, "purpose", purpose, Refusal.WRONG_PURPOSE);
    String nonce = signed.claim("nonce");
    if (!NONCE.matcher(nonce).matches()) {
      // Not looked up: a database may fail at such a text.
      throw new RefusedRequest(Refusal.MALFORMED, Texts.NONCE_IS_NONE.with());
    }
    return nonce;
  }

  private Challenge challenge(
      String owner, WalletAction action, String purpose, SignedRequest signed)
      throws RefusedRequest {
    Challenge challenge =
        store
            .challenge(signed.claim("nonce"))
            .orElseThrow(
                () -> new RefusedRequest(Refusal.UNKNOWN_NONCE, Texts.NONCE_NOT_OPEN.with()));
    if (!challenge.owner().equals(owner)
        || challenge.action() != action
        || !challenge.purpose().equals(purpose)
        || !signed.claim("exp").equals(Long.toString(challenge.expiresAt().getEpochSecond()))) {
      throw new RefusedRequest(Refusal.FOREIGN_NONCE, Texts.NONCE_OF_ANOTHER.with());
    }
    if (!challenge.expiresAt().isAfter(clock.instant())) {
      throw new RefusedRequest(Refusal.STALE, Texts.REQUEST_TOO_LATE.with(challenge.expiresAt()));
    }
    return challenge;
  }

  private static void requireStated(
      SignedRequest signed, String claim, String wanted, Refusal otherwise) throws RefusedRequest {
    String stated = signed.claim(claim);
    if (!stated.equals(wanted)) {
      throw new RefusedRequest(
          otherwise, Texts.SIGNED_FOR_ANOTHER.with(claim, Quoted.of(stated), wanted));
    }
  }

  /**
   * What the wallet in the owner's browser is to be told of a rotation: which keys are active, and
   * what time it is here. JSON, {@code {"active":["<id>"],"time":1760000000}}. What it says of a
   * challenge whose time is over is final.
   */
  public String activeKeys(String owner) {
    Instant now = clock.instant();
    // A rotation that was checked in time is not made after this.
    store.expire(now);
    return store.keys(owner).stream()
        .filter(key -> key.state() == WalletKey.State.ACTIVE)
        .map(key -> "\"" + key.id() + "\"")
        .collect(joining(",", "{\"active\":[", "],\"time\":" + now.getEpochSecond() + "}"));
  }

  /** All keys of an owner, ended ones too, in the order of their registration. */
  public List<WalletKey> keys(String owner) {
    return store.keys(owner);
  }

  /**
   * Revokes a key without its wallet, for example because the user lost the device.
   *
   * @return whether it was active and is this owner's
   */
  public boolean revoke(String owner, Fingerprint id) {
    return store.key(id).filter(key -> key.owner().equals(owner)).isPresent() && store.revoke(id);
  }

  private static void requireOwner(String owner) {
    if (owner.isEmpty() || owner.length() > LONGEST_OWNER) {
      throw invalid(Texts.OWNER_INVALID.with(owner.length(), LONGEST_OWNER));
    }
  }

  private static void requirePurpose(String purpose) {
    if (!PURPOSE.matcher(purpose).matches()) {
      throw invalid(Texts.PURPOSE_INVALID.with(Quoted.of(purpose)));
    }
  }

  private static UsageException invalid(String message) {
    return new UsageException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
