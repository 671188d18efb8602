package dev.enclave.cryptoki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.processes.SoftHsm;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The binding with a real module. */
@Tag("full")
@Tag("needs-softhsm")
class SoftHsmTest {

  private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);
  private static final String P256 = "06082a8648ce3d030107";
  private static final String SECP256K1 = "06052b8104000a";
  private static final String ED25519_NAME = "130c656477617264733235353139";
  private static final String ED25519_OID = "06032b6570";

  /** DER of a public key's algorithm and the head of its bits. */
  private static final String SPKI_P256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

  private static final String SPKI_ED25519 = "302a300506032b6570032100";

  @TempDir private static Path folder = Path.of("");

  private CryptokiModule module;
  private long slot;
  private Session session;

  @BeforeAll
  static void makeToken() throws Exception {
    SoftHsm.in(folder).token("enclave test");
  }

  @BeforeEach
  void open() throws Exception {
    module = CryptokiModule.open(SoftHsm.library());
    slot = slotOf(module, "enclave test");
    session = module.openSession(slot, true);
    session.login(Ck.CKU_USER, pin(SoftHsm.PIN));
  }

  @AfterEach
  void close() {
    module.close();
  }

  static long slotOf(CryptokiModule module, String label) throws CryptokiException {
    for (long slot : module.slots(true)) {
      if (module.tokenInfo(slot).label().equals(label)) {
        return slot;
      }
    }
    throw new AssertionError("no token is called " + label);
  }

  static byte[] pin(String pin) {
    return pin.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void tellsWhatModuleSlotTokenAndMechanismsAre() throws Exception {
    assertThat(module.isInitializedHere()).isTrue();
    assertThat(module.manufacturer()).isEqualTo("SoftHSM");
    SlotInfo slotInfo = module.slotInfo(slot);
    assertThat(slotInfo.description()).startsWith("SoftHSM slot ID");
    assertThat(slotInfo.flags()).isEqualTo(1);
    TokenInfo token = module.tokenInfo(slot);
    assertThat(token.manufacturer()).isEqualTo("SoftHSM project");
    assertThat(token.model()).isEqualTo("SoftHSM v2");
    assertThat(token.serialNumber()).hasSize(16);
    assertThat(token.flags() & Ck.CKF_TOKEN_INITIALIZED).isNotZero();
    assertThat(token.flags() & Ck.CKF_LOGIN_REQUIRED).isNotZero();
    assertThat(token.flags() & Ck.CKF_USER_PIN_LOCKED).isZero();
    assertThat(token.minPinLength()).isEqualTo(4);
    assertThat(token.maxPinLength()).isEqualTo(255);
    assertThat(token.maxSessionCount()).isZero();
    assertThat(token.firmwareVersion()).startsWith("2.");
    assertThat(module.mechanisms(slot)).contains(Ck.CKM_ECDSA, Ck.CKM_EDDSA, Ck.CKM_AES_GCM);
    MechanismInfo ecdsa = module.mechanismInfo(slot, Ck.CKM_ECDSA);
    assertThat(ecdsa.flags() & Ck.CKF_SIGN).isNotZero();
    assertThat(ecdsa.flags() & Ck.CKF_ENCRYPT).isZero();
    assertThat(ecdsa.maxKeySize()).isGreaterThanOrEqualTo(521);
  }

  @Test
  void refusesAWrongPin_andSaysWhichFunctionReturnedWhat() throws Exception {
    session.close();
    session = module.openSession(slot, true);
    assertThatExceptionOfType(CryptokiException.class)
        .isThrownBy(() -> session.login(Ck.CKU_USER, pin("wrong")))
        .withMessage("C_Login returned CKR_PIN_INCORRECT (0xa0).")
        .satisfies(e -> assertThat(e.code()).isEqualTo(0xa0));
    session.login(Ck.CKU_USER, pin(SoftHsm.PIN));
    assertThatExceptionOfType(CryptokiException.class)
        .isThrownBy(() -> session.login(Ck.CKU_USER, pin(SoftHsm.PIN)))
        .satisfies(e -> assertThat(e.name()).isEqualTo("CKR_USER_ALREADY_LOGGED_IN"));
  }

  @Test
  void signsWithEcdsa_onP256() throws Exception {
    Session.KeyPair pair = pair(Ck.CKM_EC_KEY_PAIR_GEN, P256);
    PublicKey key = publicKey("EC", SPKI_P256, point(pair, 65));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
    byte[] signature = session.sign(Mechanism.of(Ck.CKM_ECDSA), pair.privateKey(), digest);
    assertThat(signature).hasSize(64);
    assertThat(verifies("SHA256withECDSAinP1363Format", key, signature)).isTrue();
  }

  @Test
  void makesKeysOnSecp256k1() throws Exception {
    Session.KeyPair pair = pair(Ck.CKM_EC_KEY_PAIR_GEN, SECP256K1);
    byte[] point = point(pair, 65);
    BigInteger p = BigInteger.TWO.pow(256).subtract(BigInteger.valueOf(4294968273L));
    BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 33));
    BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 33, 65));
    assertThat(y.modPow(BigInteger.TWO, p)).isEqualTo(x.pow(3).add(BigInteger.valueOf(7)).mod(p));
    assertThat(session.sign(Mechanism.of(Ck.CKM_ECDSA), pair.privateKey(), new byte[32]))
        .hasSize(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {ED25519_NAME, ED25519_OID})
  void signsWithEd25519(String parameters) throws Exception {
    Session.KeyPair pair = pair(Ck.CKM_EC_EDWARDS_KEY_PAIR_GEN, parameters);
    PublicKey key = publicKey("Ed25519", SPKI_ED25519, point(pair, 32));
    byte[] signature = session.sign(Mechanism.of(Ck.CKM_EDDSA), pair.privateKey(), MESSAGE);
    assertThat(verifies("Ed25519", key, signature)).isTrue();
  }

  @Test
  void signsWithRsa_ofBothPaddings() throws Exception {
    Session.KeyPair pair = rsaPair(Ck.CKA_SIGN, Ck.CKA_VERIFY);
    PublicKey key = rsaKey(pair);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
    Mechanism pss = Mechanism.rsaPss(Ck.CKM_SHA256, Ck.CKG_MGF1_SHA256, 32);
    Signature verifier = Signature.getInstance("RSASSA-PSS");
    verifier.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    verifier.initVerify(key);
    verifier.update(MESSAGE);
    assertThat(verifier.verify(session.sign(pss, pair.privateKey(), digest))).isTrue();
    byte[] info = new byte[19 + 32];
    System.arraycopy(hex("3031300d060960864801650304020105000420"), 0, info, 0, 19);
    System.arraycopy(digest, 0, info, 19, 32);
    byte[] signature = session.sign(Mechanism.of(Ck.CKM_RSA_PKCS), pair.privateKey(), info);
    assertThat(verifies("SHA256withRSA", key, signature)).isTrue();
  }

  private Session.KeyPair rsaPair(long privateUse, long publicUse) throws CryptokiException {
    return session.generateKeyPair(
        Mechanism.of(Ck.CKM_RSA_PKCS_KEY_PAIR_GEN),
        template(false)
            .with(Ck.CKA_MODULUS_BITS, 2048)
            .with(Ck.CKA_PUBLIC_EXPONENT, hex("010001"))
            .with(publicUse, true),
        template(true).with(privateUse, true));
  }

  private PublicKey rsaKey(Session.KeyPair pair) throws Exception {
    Attributes numbers =
        session.attributes(pair.publicKey(), Ck.CKA_MODULUS, Ck.CKA_PUBLIC_EXPONENT);
    return KeyFactory.getInstance("RSA")
        .generatePublic(
            new RSAPublicKeySpec(
                new BigInteger(1, numbers.bytes(Ck.CKA_MODULUS).orElseThrow()),
                new BigInteger(1, numbers.bytes(Ck.CKA_PUBLIC_EXPONENT).orElseThrow())));
  }

  private Session.KeyPair pair(long mechanism, String parameters) throws CryptokiException {
    return session.generateKeyPair(
        Mechanism.of(mechanism),
        template(false).with(Ck.CKA_EC_PARAMS, hex(parameters)).with(Ck.CKA_VERIFY, true),
        template(true).with(Ck.CKA_SIGN, true).with(Ck.CKA_SENSITIVE, true));
  }

  private static Attributes template(boolean isPrivate) {
    return new Attributes()
        .with(Ck.CKA_TOKEN, false)
        .with(Ck.CKA_PRIVATE, isPrivate)
        .with(Ck.CKA_LABEL, "ü label");
  }

  /** Out of the DER OCTET STRING. */
  private byte[] point(Session.KeyPair pair, int length) throws CryptokiException {
    byte[] der =
        session.attributes(pair.publicKey(), Ck.CKA_EC_POINT).bytes(Ck.CKA_EC_POINT).orElseThrow();
    assertThat(der).hasSize(length + 2).startsWith(4, length);
    return Arrays.copyOfRange(der, 2, der.length);
  }

  private static PublicKey publicKey(String algorithm, String head, byte[] key) throws Exception {
    byte[] spki = hex(head + HexFormat.of().formatHex(key));
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
  }

  private static boolean verifies(String algorithm, PublicKey key, byte[] signature)
      throws Exception {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(MESSAGE);
    return verifier.verify(signature);
  }

  @Test
  void readsAttributes_andLeavesOutWhatIsSensitiveOrNotThere() throws Exception {
    Session.KeyPair pair = pair(Ck.CKM_EC_KEY_PAIR_GEN, P256);
    Attributes read =
        session.attributes(
            pair.privateKey(),
            Ck.CKA_CLASS,
            Ck.CKA_VALUE,
            Ck.CKA_MODULUS,
            Ck.CKA_LABEL,
            Ck.CKA_ID,
            Ck.CKA_SENSITIVE,
            Ck.CKA_EXTRACTABLE,
            Ck.CKA_LOCAL);
    assertThat(read.ulong(Ck.CKA_CLASS)).hasValue(Ck.CKO_PRIVATE_KEY);
    assertThat(read.text(Ck.CKA_LABEL)).hasValue("ü label");
    assertThat(read.bytes(Ck.CKA_ID)).hasValueSatisfying(id -> assertThat(id).isEmpty());
    assertThat(read.bool(Ck.CKA_SENSITIVE)).hasValue(true);
    assertThat(read.bool(Ck.CKA_EXTRACTABLE)).hasValue(false);
    assertThat(read.bool(Ck.CKA_LOCAL)).hasValue(true);
    assertThat(read.bytes(Ck.CKA_VALUE)).as("sensitive").isEmpty();
    assertThat(read.bytes(Ck.CKA_MODULUS)).as("of RSA").isEmpty();
    assertThat(session.attributes(pair.privateKey(), Ck.CKA_VALUE).bytes(Ck.CKA_VALUE)).isEmpty();
  }

  @Test
  void makesFindsChangesAndDestroysDataObjects() throws Exception {
    Attributes wanted =
        new Attributes().with(Ck.CKA_CLASS, Ck.CKO_DATA).with(Ck.CKA_LABEL, "data 7");
    assertThat(session.find(wanted)).isEmpty();
    long object =
        session.createObject(
            new Attributes()
                .with(Ck.CKA_CLASS, Ck.CKO_DATA)
                .with(Ck.CKA_TOKEN, true)
                .with(Ck.CKA_PRIVATE, false)
                .with(Ck.CKA_MODIFIABLE, true)
                .with(Ck.CKA_LABEL, "data 7")
                .with(Ck.CKA_APPLICATION, "enclave")
                .with(Ck.CKA_VALUE, new byte[5_000]));
    assertThat(session.find(wanted)).containsExactly(object);
    Attributes read = session.attributes(object, Ck.CKA_VALUE, Ck.CKA_APPLICATION);
    assertThat(read.bytes(Ck.CKA_VALUE)).hasValue(new byte[5_000]);
    assertThat(read.text(Ck.CKA_APPLICATION)).hasValue("enclave");
    session.setAttributes(object, new Attributes().with(Ck.CKA_LABEL, "data 8"));
    assertThat(session.find(wanted)).isEmpty();
    assertThat(session.attributes(object, Ck.CKA_LABEL).text(Ck.CKA_LABEL)).hasValue("data 8");
    session.destroyObject(object);
    assertThat(session.find(new Attributes().with(Ck.CKA_LABEL, "data 8"))).isEmpty();
    assertThatExceptionOfType(CryptokiException.class)
        .isThrownBy(() -> session.destroyObject(object))
        .satisfies(e -> assertThat(e.name()).isEqualTo("CKR_OBJECT_HANDLE_INVALID"));
  }

  @Test
  void findsMoreObjectsThanOneCallGives() throws Exception {
    for (int i = 0; i < 150; i++) {
      session.createObject(
          new Attributes()
              .with(Ck.CKA_CLASS, Ck.CKO_DATA)
              .with(Ck.CKA_TOKEN, false)
              .with(Ck.CKA_LABEL, "many"));
    }
    List<Long> found = session.find(new Attributes().with(Ck.CKA_LABEL, "many"));
    assertThat(found).hasSize(150).doesNotHaveDuplicates();
    assertThat(session.find(new Attributes())).hasSizeGreaterThanOrEqualTo(150);
  }

  @Test
  void encryptsAndDecryptsWithAes() throws Exception {
    long key =
        session.generateKey(
            Mechanism.of(Ck.CKM_AES_KEY_GEN),
            template(true)
                .with(Ck.CKA_VALUE_LEN, 32)
                .with(Ck.CKA_ENCRYPT, true)
                .with(Ck.CKA_DECRYPT, true));
    byte[] iv = session.random(12);
    for (int length : new int[] {0, 1, 100_000}) {
      for (byte[] data : List.of(new byte[0], MESSAGE)) {
        Mechanism gcm = Mechanism.aesGcm(iv, data);
        byte[] sealed = session.encrypt(gcm, key, new byte[length]);
        assertThat(sealed).hasSize(length + 16);
        assertThat(session.decrypt(gcm, key, sealed)).isEqualTo(new byte[length]);
        sealed[0] ^= 1;
        assertThatExceptionOfType(CryptokiException.class)
            .isThrownBy(() -> session.decrypt(gcm, key, sealed))
            .satisfies(e -> assertThat(e.function()).isEqualTo("C_Decrypt"));
      }
    }
  }

  /** AES key wrap with padding of RFC 5649: wrapped by the JDK, unwrapped by the token. */
  @Test
  void importsAnEcKeyUnderAnAesKey() throws Exception {
    SecretKeySpec known = new SecretKeySpec(session.random(32), "AES");
    long kek =
        session.createObject(
            template(true)
                .with(Ck.CKA_CLASS, Ck.CKO_SECRET_KEY)
                .with(Ck.CKA_KEY_TYPE, Ck.CKK_AES)
                .with(Ck.CKA_VALUE, known.getEncoded())
                .with(Ck.CKA_UNWRAP, true));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Cipher cipher = Cipher.getInstance("AES/KWP/NoPadding");
    cipher.init(Cipher.WRAP_MODE, known);
    long imported =
        session.unwrapKey(
            Mechanism.of(Ck.CKM_AES_KEY_WRAP_PAD),
            kek,
            cipher.wrap(pair.getPrivate()),
            template(true)
                .with(Ck.CKA_CLASS, Ck.CKO_PRIVATE_KEY)
                .with(Ck.CKA_KEY_TYPE, Ck.CKK_EC)
                .with(Ck.CKA_SIGN, true));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
    byte[] signature = session.sign(Mechanism.of(Ck.CKM_ECDSA), imported, digest);
    assertThat(verifies("SHA256withECDSAinP1363Format", pair.getPublic(), signature)).isTrue();
  }

  /** A key that an AES key is brought in under: RSA-OAEP by the JDK, unwrapped by the token. */
  @Test
  void importsAnAesKeyUnderRsaOaep() throws Exception {
    Session.KeyPair pair = rsaPair(Ck.CKA_UNWRAP, Ck.CKA_WRAP);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.WRAP_MODE,
        rsaKey(pair),
        new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT));
    SecretKeySpec known = new SecretKeySpec(session.random(32), "AES");
    long imported =
        session.unwrapKey(
            Mechanism.rsaOaep(Ck.CKM_SHA_1, Ck.CKG_MGF1_SHA1),
            pair.privateKey(),
            cipher.wrap(known),
            template(true)
                .with(Ck.CKA_CLASS, Ck.CKO_SECRET_KEY)
                .with(Ck.CKA_KEY_TYPE, Ck.CKK_AES)
                .with(Ck.CKA_ENCRYPT, true));
    byte[] iv = session.random(12);
    byte[] sealed = session.encrypt(Mechanism.aesGcm(iv, MESSAGE), imported, new byte[5]);
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(Cipher.DECRYPT_MODE, known, new GCMParameterSpec(128, iv));
    gcm.updateAAD(MESSAGE);
    assertThat(gcm.doFinal(sealed)).isEqualTo(new byte[5]);
  }

  @Test
  void signsInTwoThreads_withASessionEach() throws Exception {
    Session.KeyPair pair = pair(Ck.CKM_EC_EDWARDS_KEY_PAIR_GEN, ED25519_NAME);
    PublicKey key = publicKey("Ed25519", SPKI_ED25519, point(pair, 32));
    CyclicBarrier together = new CyclicBarrier(2);
    Callable<Boolean> signer =
        () -> {
          try (Session own = module.openSession(slot, false)) {
            together.await();
            for (int i = 0; i < 50; i++) {
              byte[] signature = own.sign(Mechanism.of(Ck.CKM_EDDSA), pair.privateKey(), MESSAGE);
              if (!verifies("Ed25519", key, signature)) {
                return false;
              }
            }
            return true;
          }
        };
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<Boolean> each : threads.invokeAll(List.of(signer, signer))) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void findsEachObjectThatItMade_whileOthersSearch() throws Exception {
    int searchers = 3;
    AtomicBoolean done = new AtomicBoolean();
    Attributes all = new Attributes().with(Ck.CKA_CLASS, Ck.CKO_DATA).with(Ck.CKA_TOKEN, true);
    Callable<Integer> searcher =
        () -> {
          try (Session own = module.openSession(slot, false)) {
            int searches = 0;
            for (; !done.get(); searches++) {
              own.find(all);
            }
            return searches;
          }
        };
    ExecutorService threads = Executors.newFixedThreadPool(searchers);
    try {
      List<Future<Integer>> searches = new ArrayList<>();
      for (int i = 0; i < searchers; i++) {
        searches.add(threads.submit(searcher));
      }
      long last = 0;
      for (int i = 0; i < 1000; i++) {
        Attributes named =
            new Attributes()
                .with(Ck.CKA_CLASS, Ck.CKO_DATA)
                .with(Ck.CKA_TOKEN, true)
                .with(Ck.CKA_LABEL, "revision " + i);
        long made = session.createObject(named.with(Ck.CKA_VALUE, MESSAGE));
        assertThat(session.find(named)).as("revision %s", i).containsExactly(made);
        if (last != 0) {
          session.destroyObject(last);
        }
        last = made;
      }
      done.set(true);
      for (Future<Integer> each : searches) {
        assertThat(each.get()).isPositive();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }
}
