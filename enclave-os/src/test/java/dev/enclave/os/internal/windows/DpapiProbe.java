package dev.enclave.os.internal.windows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclFileAttributeView;
import java.util.Arrays;
import java.util.Optional;

/**
 * Runs on Windows, or Wine, for {@link WineTest}: does one thing and says in one line how it went.
 */
final class DpapiProbe {

  private static final byte[] KEY = new byte[32];

  private DpapiProbe() {}

  @SuppressWarnings("StatementSwitchToExpressionSwitch") // Java 11 has none
  public static void main(String[] arguments) throws Exception {
    Arrays.fill(KEY, (byte) 0x5A);
    Path directory = Path.of(arguments[1]);
    DpapiKeys keys = new DpapiKeys(directory);
    String store = arguments[2];
    switch (arguments[0]) {
      case "keep":
        keys.keep(store, KEY);
        System.out.println("kept " + inTheClear(Files.readAllBytes(keys.file(store))));
        break;
      case "find":
        System.out.println(found(keys, store));
        break;
      case "flip":
        byte[] blob = Files.readAllBytes(keys.file(store));
        blob[blob.length - 20] ^= 1;
        Files.write(keys.file(store), blob);
        System.out.println("flipped");
        break;
      case "rename":
        Files.move(keys.file(store), keys.file(arguments[3]));
        System.out.println("renamed");
        break;
      case "acl":
        AclFileAttributeView view =
            Files.getFileAttributeView(directory, AclFileAttributeView.class);
        System.out.println("acl " + view.getAcl().size() + " " + view.getAcl());
        break;
      case "remove":
        keys.remove(store);
        System.out.println("removed");
        break;
      default:
        throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static String inTheClear(byte[] blob) {
    for (int i = 0; i + 8 <= blob.length; i++) {
      if (Arrays.equals(Arrays.copyOfRange(blob, i, i + 8), Arrays.copyOf(KEY, 8))) {
        return "in the clear";
      }
    }
    return "protected";
  }

  private static String found(DpapiKeys keys, String store) throws Exception {
    try {
      Optional<byte[]> key = keys.find(store);
      return key.isEmpty() ? "nothing" : Arrays.equals(key.get(), KEY) ? "the key" : "another key";
    } catch (DpapiException e) {
      return "error 0x" + Integer.toHexString(e.code());
    }
  }
}
