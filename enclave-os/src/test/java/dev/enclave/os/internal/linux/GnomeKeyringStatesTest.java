package dev.enclave.os.internal.linux;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** With a real GNOME Keyring, that keeps what it has in files. */
@NeedsKeyring
@Tag("needs-keyring")
@Tag("full")
class GnomeKeyringStatesTest extends KeyringStatesTest {

  GnomeKeyringStatesTest(@TempDir Path home) {
    super(home);
  }

  @Override
  RealDesk withBus(Path home) {
    return RealDesk.withBus(home);
  }
}
