package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.OutageOfReadsCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new SoftHsmUnderTest());
  }
}
