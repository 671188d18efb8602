package dev.enclave.os.internal.linux;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** With a real GNOME Keyring. */
@NeedsKeyring
@Tag("needs-keyring")
@Tag("full")
class GnomeDamageTest extends DamageTest {

  GnomeDamageTest(@TempDir Path home) {
    super(home);
  }

  @Override
  RealDesk unlocked(Path home) {
    return RealDesk.unlocked(home);
  }
}
