package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.NamesCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-opencryptoki")
class OpenCryptokiNamesTest extends NamesCampaign {

  OpenCryptokiNamesTest() {
    super(new OpenCryptokiUnderTest(), "C_CreateObject");
  }
}
