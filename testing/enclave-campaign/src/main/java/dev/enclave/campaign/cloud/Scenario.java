package dev.enclave.campaign.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.KeyListing;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What an application does with a key; some of it on a day on which the cloud fails. */
public enum Scenario {
  /** Makes a key that is not there. */
  CREATE(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {}

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      claims.there((SigningKey) enclave.createKey(key));
    }
  },
  /** Asks for a key that is there. */
  ENSURE(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      claims.there((SigningKey) enclave.ensureKey(key));
    }
  },
  /** Reads a key. */
  READ(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      claims.there(enclave.signingKeys().key(nameOf(key)));
    }
  },
  /** Signs what Enclave has hashed. */
  SIGN_A_DIGEST(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      sign(enclave, key, claims);
    }
  },
  /** Signs by an algorithm whose messages the service hashes. */
  SIGN_A_MESSAGE(SigningAlgorithm.ED25519) {
    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      sign(enclave, key, claims);
    }
  },
  /** Signs where a signature has two forms, of which one is allowed. */
  SIGN_FOR_ETHEREUM(SigningAlgorithm.ECDSA_SECP256K1_SHA256) {
    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      sign(enclave, key, claims);
    }
  },
  /** Rotates, and leaves the old version for verification. */
  ROTATE(SigningAlgorithm.ECDSA_P256_SHA256) {
    /** What signs the statement is made once for all keys of the place. */
    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {
      super.prepare(enclave, key);
      enclave.admin().statementKey();
    }

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      rotate(enclave, key, RotationReason.SCHEDULED, claims);
    }
  },
  /** Rotates, and stops the old version. */
  ROTATE_AWAY(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      RotationResult result = rotate(enclave, key, RotationReason.COMPROMISE, claims);
      claims.state(nameOf(key), result.previous().id(), KeyState.DISABLED);
    }
  },
  /** Switches a version off. */
  DISABLE(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      SigningKey found = enclave.signingKeys().key(nameOf(key));
      KeyVersionId version = found.activeVersion().id();
      enclave.admin().key(found.handle()).disable(version);
      claims.state(nameOf(key), version, KeyState.DISABLED);
    }
  },
  /** Switches a version on again. */
  ENABLE(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {
      super.prepare(enclave, key);
      SigningKey made = enclave.signingKeys().key(nameOf(key));
      enclave.admin().key(made.handle()).disable(made.activeVersion().id());
    }

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      KeyVersionId version = firstVersion(enclave, key);
      KeyInfo info = enclave.admin().key(nameOf(key)).enable(version);
      assertThat(info.versions().get(0).state()).isNotEqualTo(KeyState.DISABLED);
      claims.state(nameOf(key), version, info.versions().get(0).state());
    }
  },
  /** Destroys a version. */
  DESTROY(SigningAlgorithm.ECDSA_P256_SHA256) {
    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {
      super.prepare(enclave, key);
      SigningKey made = enclave.signingKeys().key(nameOf(key));
      enclave.admin().key(made.handle()).disable(made.activeVersion().id());
    }

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      KeyVersionId version = firstVersion(enclave, key);
      enclave.admin().key(nameOf(key)).destroy(version);
      claims.state(nameOf(key), version, KeyState.DESTROYED);
    }
  },
  /** Seals data and opens it. */
  SEAL(WrappingAlgorithm.AES_256_GCM) {
    /** The same key every time: it stays as it is. */
    @Override
    public String numbered(int number) {
      return "seal";
    }

    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {
      enclave.ensureKey(key);
    }

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      SealedBytes box = enclave.seal(nameOf(key), Claims.PLAINTEXT, Claims.CONTEXT);
      claims.sealed(box);
      assertThat(enclave.unseal(box, Claims.CONTEXT)).isEqualTo(Claims.PLAINTEXT);
    }
  },
  /** Makes a key that seals. */
  CREATE_A_WRAPPING_KEY(WrappingAlgorithm.AES_256_GCM) {
    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {}

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      claims.state(nameOf(key), enclave.createKey(key).activeVersion().id(), KeyState.ACTIVE);
    }
  },
  /** Takes in a key of one version. Played where the backend imports keys. */
  RESTORE(Backups.ALGORITHM) {
    @Override
    public Optional<Backups> backup() {
      return Optional.of(Backups.once(name(), Backups::ofOneVersion));
    }

    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {}

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      restore(enclave, key, claims);
    }
  },
  /** Takes in a key of several versions. Played where the backend imports keys. */
  RESTORE_A_ROTATED_KEY(Backups.ALGORITHM) {
    @Override
    public Optional<Backups> backup() {
      return Optional.of(Backups.ofTwoVersions());
    }

    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {}

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      restore(enclave, key, claims);
    }
  },
  /** Lists all keys. */
  LIST(SigningAlgorithm.ECDSA_P256_SHA256) {
    /** The same key every time: what is sent depends on how many there are. */
    @Override
    public String numbered(int number) {
      return "list";
    }

    @Override
    public void prepare(Enclave enclave, KeySpec<?> key) {
      enclave.ensureKey(key);
    }

    @Override
    public void act(Enclave enclave, KeySpec<?> key, Claims claims) {
      KeyListing listing = enclave.admin().listKeys();
      Set<KeyName> named = new HashSet<>(listing.unreadable().keySet());
      listing.keys().forEach(info -> named.add(info.name()));
      assertThat(named).contains(key.name());
    }
  };

  @SuppressWarnings("ImmutableEnumChecker") // each is a constant of an enumeration
  private final KeyAlgorithm algorithm;

  Scenario(KeyAlgorithm algorithm) {
    this.algorithm = algorithm;
  }

  /** What its key is for, where the cloud has that. */
  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  /** Its key the {@code number}-th time. */
  public KeySpec<?> key(CloudUnderTest cloud, int number) {
    return KeySpec.named(numbered(number)).algorithm(cloud.algorithm(this));
  }

  public String numbered(int number) {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + number;
  }

  /** What is taken in, if it is that. */
  public Optional<Backups> backup() {
    return Optional.empty();
  }

  /** What the audit log calls the change that it makes, if it makes one. */
  public Optional<Operation> change() {
    return switch (this) {
      case CREATE, ENSURE, CREATE_A_WRAPPING_KEY -> Optional.of(Operation.CREATE);
      case ROTATE, ROTATE_AWAY -> Optional.of(Operation.ROTATE);
      case DISABLE, ENABLE, DESTROY -> Optional.of(Operation.CHANGE_STATE);
      case RESTORE, RESTORE_A_ROTATED_KEY -> Optional.of(Operation.RESTORE);
      default -> Optional.empty();
    };
  }

  /** Whether a key is taken in. */
  public boolean restores() {
    return this == RESTORE || this == RESTORE_A_ROTATED_KEY;
  }

  /** On a good day. */
  public void prepare(Enclave enclave, KeySpec<?> key) {
    enclave.createKey(key);
  }

  /** On a bad day. */
  public abstract void act(Enclave enclave, KeySpec<?> key, Claims claims);

  private static String nameOf(KeySpec<?> key) {
    return key.name().value();
  }

  private static KeyVersionId firstVersion(Enclave enclave, KeySpec<?> key) {
    return enclave.admin().key(nameOf(key)).info().versions().get(0).id();
  }

  private static void sign(Enclave enclave, KeySpec<?> key, Claims claims) {
    SigningKey found = enclave.signingKeys().key(nameOf(key));
    claims.released(found, found.sign(Claims.MESSAGE));
  }

  void restore(Enclave enclave, KeySpec<?> key, Claims claims) {
    backup().orElseThrow().restore(enclave, nameOf(key));
    SigningKey restored = enclave.signingKeys().key(nameOf(key));
    backup().orElseThrow().requireSame(restored);
    claims.there(restored);
  }

  private static RotationResult rotate(
      Enclave enclave, KeySpec<?> key, RotationReason reason, Claims claims) {
    SigningKey found = enclave.signingKeys().key(nameOf(key));
    RotationResult result =
        enclave
            .admin()
            .key(found.handle())
            .rotate(RotationRequest.ifActive(found.activeVersion()).reason(reason));
    claims.state(nameOf(key), result.active().id(), KeyState.ACTIVE);
    return result;
  }
}
