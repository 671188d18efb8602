package dev.enclave.cryptoki;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Structures byte by byte, as a compiler of C lays them out on each kind of machine. */
class LayoutTest {

  private static final Layout LINUX = new Layout(8, 8, false, ByteOrder.LITTLE_ENDIAN);
  private static final Layout WINDOWS = new Layout(4, 8, true, ByteOrder.LITTLE_ENDIAN);
  private static final Layout THIRTY_TWO_BITS = new Layout(4, 4, false, ByteOrder.LITTLE_ENDIAN);
  private static final Layout S390X = new Layout(8, 8, false, ByteOrder.BIG_ENDIAN);

  private final List<String> placed = new ArrayList<>();

  /** Addresses from a1 on, for what is placed. */
  private long place(byte[] bytes) {
    placed.add(HexFormat.of().formatHex(bytes));
    return 0xa0L + placed.size();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String hex(String separated) {
    return separated.replace(" ", "");
  }

  @Test
  void laysOutTemplates_whereAllIsAligned() {
    Attributes template =
        new Attributes().with(Ck.CKA_KEY_TYPE, Ck.CKK_EC).with(Ck.CKA_TOKEN, true);
    assertThat(hex(template.structures(LINUX, this::place)))
        .isEqualTo(
            hex(
                "0100000000000000 a100000000000000 0100000000000000"
                    + "0001000000000000 a200000000000000 0800000000000000"));
    assertThat(placed).containsExactly("01", "0300000000000000");
  }

  @Test
  void laysOutTemplates_whereAllIsPacked() {
    Attributes template = new Attributes().with(Ck.CKA_KEY_TYPE, Ck.CKK_EC).with(Ck.CKA_LABEL, "ü");
    assertThat(hex(template.structures(WINDOWS, this::place)))
        .isEqualTo(hex("03000000 a100000000000000 02000000 00010000 a200000000000000 04000000"));
    assertThat(placed).containsExactly("c3bc", "03000000");
  }

  @Test
  void laysOutTemplates_where32BitsAreAll() {
    Attributes template = new Attributes().with(Ck.CKA_CLASS, Ck.CKO_DATA);
    assertThat(hex(template.structures(THIRTY_TWO_BITS, this::place)))
        .isEqualTo(hex("00000000 a1000000 04000000"));
    assertThat(placed).containsExactly("00000000");
  }

  @Test
  void laysOutTemplates_whereTheGreatestByteIsFirst() {
    Attributes template = new Attributes().with(Ck.CKA_CLASS, Ck.CKO_PRIVATE_KEY);
    assertThat(hex(template.structures(S390X, this::place)))
        .isEqualTo(hex("0000000000000000 00000000000000a1 0000000000000008"));
    assertThat(placed).containsExactly("0000000000000003");
  }

  /** A compiler pads where a pointer is longer than a CK_ULONG and nothing is packed. */
  @Test
  void alignsFieldsAndTheEnd_ofUnequalLengths() {
    Layout unpacked = new Layout(4, 8, false, ByteOrder.LITTLE_ENDIAN);
    assertThat(hex(unpacked.structure(this::place, 1L, null, 2L)))
        .isEqualTo(hex("01000000 00000000 0000000000000000 02000000 00000000"));
  }

  @Test
  void laysOutMechanismsOfRsaPss() {
    Mechanism pss = Mechanism.rsaPss(Ck.CKM_SHA256, Ck.CKG_MGF1_SHA256, 32);
    assertThat(hex(pss.structure(LINUX, this::place)))
        .isEqualTo(hex("0d00000000000000 a100000000000000 1800000000000000"));
    assertThat(hex(pss.structure(WINDOWS, this::place)))
        .isEqualTo(hex("0d000000 a200000000000000 0c000000"));
    assertThat(placed)
        .containsExactly(
            hex("5002000000000000 0200000000000000 2000000000000000"),
            hex("50020000 02000000 20000000"));
  }

  @Test
  void laysOutMechanismsOfRsaOaep() {
    Mechanism oaep = Mechanism.rsaOaep(Ck.CKM_SHA512, Ck.CKG_MGF1_SHA512);
    oaep.structure(LINUX, this::place);
    oaep.structure(WINDOWS, this::place);
    assertThat(placed)
        .containsExactly(
            hex(
                "7002000000000000 0400000000000000 0100000000000000 0000000000000000"
                    + "0000000000000000"),
            hex("70020000 04000000 01000000 0000000000000000 00000000"));
  }

  @Test
  void laysOutMechanismsOfAesGcm() {
    Mechanism gcm = Mechanism.aesGcm(new byte[12], new byte[] {7});
    gcm.structure(LINUX, this::place);
    gcm.structure(WINDOWS, this::place);
    String iv = "00".repeat(12);
    assertThat(placed)
        .containsExactly(
            iv,
            "07",
            hex(
                "a100000000000000 0c00000000000000 6000000000000000"
                    + "a200000000000000 0100000000000000 8000000000000000"),
            iv,
            "07",
            hex("a400000000000000 0c000000 60000000 a500000000000000 01000000 80000000"));
  }

  @Test
  void laysOutMechanismsWithoutParameter() {
    assertThat(hex(Mechanism.of(Ck.CKM_EDDSA).structure(LINUX, this::place)))
        .isEqualTo(hex("5710000000000000 0000000000000000 0000000000000000"));
    assertThat(placed).isEmpty();
  }

  /** As CK_C_INITIALIZE_ARGS is: four pointers, flags and a pointer. */
  @Test
  void putsFlagsBetweenPointers() {
    Object[] fields = {null, null, null, null, 2L, null};
    assertThat(LINUX.structure(this::place, fields))
        .hasSize(48)
        .contains(2, org.assertj.core.data.Index.atIndex(32));
    assertThat(WINDOWS.structure(this::place, fields)).hasSize(44);
    assertThat(THIRTY_TWO_BITS.structure(this::place, fields)).hasSize(24);
  }

  @Test
  void findsFunctionsBehindTheVersion() {
    assertThat(LINUX.functionAt(0)).isEqualTo(8);
    assertThat(LINUX.functionAt(43)).isEqualTo(8 + 43 * 8);
    assertThat(WINDOWS.functionAt(0)).isEqualTo(2);
    assertThat(WINDOWS.functionAt(1)).isEqualTo(10);
    assertThat(THIRTY_TWO_BITS.functionAt(1)).isEqualTo(8);
  }

  @Test
  void readsACkInfo() {
    for (Layout layout : List.of(LINUX, WINDOWS)) {
      ByteBuffer in = ByteBuffer.allocate(96).order(ByteOrder.LITTLE_ENDIAN);
      in.put((byte) 2).put((byte) 40).put(blank("Somebody", 32));
      in.position(layout.packed() ? 34 : 40);
      in.put(layout.encoded(5L)).put(blank("A module", 32)).put((byte) 1).put((byte) 200);
      Layout.Reader reader = layout.reader(in.array());
      assertThat(reader.version()).isEqualTo("2.40");
      assertThat(reader.text(32)).isEqualTo("Somebody");
      assertThat(reader.ulong()).isEqualTo(5);
      assertThat(reader.text(32)).isEqualTo("A module");
      assertThat(reader.version()).isEqualTo("1.200");
    }
  }

  private static byte[] blank(String text, int length) {
    return (text + " ".repeat(length - text.length())).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void readsTextThatZerosFillUp() {
    assertThat(LINUX.reader("ab\0\0".getBytes(StandardCharsets.US_ASCII)).text(4)).isEqualTo("ab");
    assertThat(LINUX.reader("    ".getBytes(StandardCharsets.US_ASCII)).text(4)).isEmpty();
  }

  @Test
  void readsNumbersWithoutSign_andWhatIsUnavailableAsMinusOne() {
    assertThat(WINDOWS.number(new byte[] {-2, -1, -1, -1})).isEqualTo(0xfffffffeL);
    assertThat(WINDOWS.number(new byte[] {-1, -1, -1, -1})).isEqualTo(-1);
    assertThat(LINUX.number(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1})).isEqualTo(-1);
    assertThat(S390X.number(new byte[] {0, 0, 0, 0, 0, 0, 1, 2})).isEqualTo(0x102);
  }
}
