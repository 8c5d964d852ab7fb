package org.dormouse.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FolderPageTest {
    private static String page(String folder, int most, String... paths) {
        return new String(FolderPage.of(folder, List.of(paths), most), StandardCharsets.UTF_8);
    }

    @Test
    void foldersComeFirstEachByName() {
        String page = page("/a/", 10, "/a/z.txt", "/a/b.txt", "/a/y/", "/a/c/");
        assertThat(page.indexOf(">c/<"))
                .isPositive()
                .isLessThan(page.indexOf(">y/<"))
                .isGreaterThan(page.indexOf(">../<"));
        assertThat(page.indexOf(">y/<")).isLessThan(page.indexOf(">b.txt<"));
        assertThat(page.indexOf(">b.txt<")).isLessThan(page.indexOf(">z.txt<"));
        assertThat(page("/", 10, "/x")).doesNotContain("..");
    }

    @Test
    void namesAreEscapedWhereverTheyStand() {
        String page = page("/<b>/", 10, "/<b>/\"><script>&'.txt", "/<b>/javascript:alert(1)");
        assertThat(page)
                .doesNotContain("<script>")
                .doesNotContain("<b>")
                .doesNotContain("href=\"javascript:")
                .contains("&lt;script&gt;&amp;&#39;.txt")
                .contains("./%22%3E%3Cscript%3E");
    }

    @Test
    void noMoreEntriesThanTheLimitAreListedAndPrivateOnesNever() {
        String page = page("/", 2, "/WEB-INF/", "/META-INF/", "/web-inf/", "/1", "/2", "/3", "/4");
        assertThat(page)
                .doesNotContainIgnoringCase("-INF")
                .contains(">1<", ">2<", "and 2 more")
                .doesNotContain(">3<");
    }
}
