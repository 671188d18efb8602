package dev.enclave.os;

import dev.enclave.os.internal.linux.NeedsKeyring;
import dev.enclave.os.internal.linux.RealDesk;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** With a real GNOME Keyring. */
@NeedsKeyring
@Tag("needs-keyring")
@Tag("full")
class GnomeEngineTest extends EngineTest {

  GnomeEngineTest(@TempDir Path home) {
    super(home);
  }

  @Override
  RealDesk unlocked(Path home) {
    return RealDesk.unlocked(home);
  }
}
