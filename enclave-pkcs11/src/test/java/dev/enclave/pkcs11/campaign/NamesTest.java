package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.NamesCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class NamesTest extends NamesCampaign {

  NamesTest() {
    super(new SoftHsmUnderTest(), "C_CreateObject");
  }
}
