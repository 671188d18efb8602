package dev.enclave.azure.campaign;

import dev.enclave.campaign.OutageOfReadsCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new AzureUnderTest());
  }
}
