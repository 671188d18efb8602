package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationReason;
import dev.enclave.RotationRequest;
import dev.enclave.RotationResult;
import dev.enclave.SealedBytes;
import dev.enclave.SigningKey;
import dev.enclave.WrappingKey;
import java.util.Locale;
import java.util.stream.Stream;

/** What an application does with a key; some of it on a day on which AWS fails. */
enum Scenario {
  CREATE(false) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      claims.there(enclave.createKey(p256(name)));
    }
  },
  ENSURE(true) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      claims.there(enclave.ensureKey(p256(name)));
    }
  },
  READ(true) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      claims.there(enclave.key(name));
    }
  },
  SIGN_A_DIGEST(true) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      sign(enclave, name, claims);
    }
  },
  SIGN_A_MESSAGE(true) {
    @Override
    KeySpec spec(String name) {
      return KeySpec.named(name).algorithm(KeyAlgorithm.ED25519);
    }

    @Override
    void act(Enclave enclave, String name, Claims claims) {
      sign(enclave, name, claims);
    }
  },
  SIGN_FOR_ETHEREUM(true) {
    @Override
    KeySpec spec(String name) {
      return KeySpec.named(name).algorithm(KeyAlgorithm.ECDSA_SECP256K1_SHA256);
    }

    @Override
    void act(Enclave enclave, String name, Claims claims) {
      sign(enclave, name, claims);
    }
  },
  ROTATE(true) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      rotate(enclave, name, RotationReason.SCHEDULED, claims);
    }
  },
  ROTATE_AWAY(true) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      RotationResult result = rotate(enclave, name, RotationReason.COMPROMISE, claims);
      claims.state(name, result.previous().id(), KeyState.DISABLED);
    }
  },
  DISABLE(true) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      SigningKey key = enclave.key(name);
      KeyVersionId version = key.activeVersion().id();
      key.disable(version);
      claims.state(name, version, KeyState.DISABLED);
    }
  },
  ENABLE(true) {
    @Override
    void prepare(Enclave enclave, String name) {
      super.prepare(enclave, name);
      SigningKey key = enclave.key(name);
      key.disable(key.activeVersion().id());
    }

    @Override
    void act(Enclave enclave, String name, Claims claims) {
      KeyVersionId version = enclave.managedKey(name).info().versions().get(0).id();
      KeyInfo info = enclave.managedKey(name).enable(version);
      assertThat(info.versions().get(0).state()).isNotEqualTo(KeyState.DISABLED);
      claims.state(name, version, info.versions().get(0).state());
    }
  },
  DESTROY(true) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      KeyVersionId version = enclave.managedKey(name).info().versions().get(0).id();
      enclave.managedKey(name).destroy(version);
      claims.state(name, version, KeyState.DESTROYED);
    }
  },
  SEAL(true) {
    @Override
    KeySpec spec(String name) {
      return KeySpec.named(name).algorithm(KeyAlgorithm.AES_256_GCM);
    }

    @Override
    void prepare(Enclave enclave, String name) {
      enclave.createWrappingKey(spec(name));
    }

    @Override
    void act(Enclave enclave, String name, Claims claims) {
      SealedBytes box = enclave.seal(name, Claims.PLAINTEXT, Claims.CONTEXT);
      claims.sealed(box);
      assertThat(enclave.open(box, Claims.CONTEXT)).isEqualTo(Claims.PLAINTEXT);
    }
  },
  CREATE_A_WRAPPING_KEY(false) {
    @Override
    void act(Enclave enclave, String name, Claims claims) {
      WrappingKey key =
          enclave.createWrappingKey(KeySpec.named(name).algorithm(KeyAlgorithm.AES_256_GCM));
      claims.state(name, key.activeVersion().id(), KeyState.ACTIVE);
    }
  },
  LIST(true) {
    /** The same key every time: what is sent depends on how many there are. */
    @Override
    String nameOf(int number) {
      return "list";
    }

    @Override
    void prepare(Enclave enclave, String name) {
      enclave.ensureKey(spec(name));
    }

    @Override
    void act(Enclave enclave, String name, Claims claims) {
      Stream<String> read = enclave.keys().stream().map(info -> info.handle().name().value());
      Stream<String> unreadable =
          enclave.unreadableKeys().stream().map(finding -> finding.observed().split(" ", 3)[1]);
      assertThat(Stream.concat(read, unreadable)).contains(name);
    }
  };

  private final boolean needsKey;

  Scenario(boolean needsKey) {
    this.needsKey = needsKey;
  }

  /** The name of its key the {@code number}-th time. */
  String nameOf(int number) {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + number;
  }

  /** On a good day. */
  void prepare(Enclave enclave, String name) {
    if (needsKey) {
      enclave.createKey(spec(name));
    }
  }

  /** On a bad day. */
  abstract void act(Enclave enclave, String name, Claims claims);

  KeySpec spec(String name) {
    return p256(name);
  }

  private static KeySpec p256(String name) {
    return KeySpec.named(name).algorithm(KeyAlgorithm.ECDSA_P256_SHA256);
  }

  private static void sign(Enclave enclave, String name, Claims claims) {
    SigningKey key = enclave.key(name);
    claims.released(key, key.sign(Claims.MESSAGE));
  }

  private static RotationResult rotate(
      Enclave enclave, String name, RotationReason reason, Claims claims) {
    SigningKey key = enclave.key(name);
    RotationResult result =
        key.rotate(RotationRequest.ifActive(key.activeVersion()).reason(reason));
    claims.state(name, result.active().id(), KeyState.ACTIVE);
    return result;
  }
}
