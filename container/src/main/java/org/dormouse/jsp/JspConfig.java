package org.dormouse.jsp;

import jakarta.servlet.descriptor.JspConfigDescriptor;
import jakarta.servlet.descriptor.JspPropertyGroupDescriptor;
import jakarta.servlet.descriptor.TaglibDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the {@code jsp-config} of an application and its fragments say (Servlet 6.1 §14.4). Immutable. */
public record JspConfig(List<TagLibrary> tagLibraries, List<PropertyGroup> propertyGroups)
        implements JspConfigDescriptor {
    public JspConfig {
        tagLibraries = List.copyOf(tagLibraries);
        propertyGroups = List.copyOf(propertyGroups);
    }

    @Override
    public Collection<TaglibDescriptor> getTaglibs() {
        return new ArrayList<>(tagLibraries);
    }

    @Override
    public Collection<JspPropertyGroupDescriptor> getJspPropertyGroups() {
        return new ArrayList<>(propertyGroups);
    }

    /** {@code <taglib>}: where the library is that pages know by {@code uri}. */
    public record TagLibrary(String uri, String location) implements TaglibDescriptor {
        @Override
        public String getTaglibURI() {
            return uri;
        }

        @Override
        public String getTaglibLocation() {
            return location;
        }
    }

    /**
     * {@code <jsp-property-group>}: properties of the pages at {@code patterns}.
     *
     * @param values by the names of their elements, as they were written; what is not there was not said
     */
    public record PropertyGroup(
            List<String> patterns, Map<String, String> values, List<String> preludes, List<String> codas)
            implements JspPropertyGroupDescriptor {
        public PropertyGroup {
            patterns = List.copyOf(patterns);
            values = new LinkedHashMap<>(values);
            preludes = List.copyOf(preludes);
            codas = List.copyOf(codas);
        }

        @Override
        public Collection<String> getUrlPatterns() {
            return new ArrayList<>(patterns);
        }

        @Override
        public Collection<String> getIncludePreludes() {
            return new ArrayList<>(preludes);
        }

        @Override
        public Collection<String> getIncludeCodas() {
            return new ArrayList<>(codas);
        }

        @Override
        public @Nullable String getElIgnored() {
            return values.get("el-ignored");
        }

        @Override
        public @Nullable String getErrorOnELNotFound() {
            return values.get("error-on-el-not-found");
        }

        @Override
        public @Nullable String getPageEncoding() {
            return values.get("page-encoding");
        }

        @Override
        public @Nullable String getScriptingInvalid() {
            return values.get("scripting-invalid");
        }

        @Override
        public @Nullable String getIsXml() {
            return values.get("is-xml");
        }

        @Override
        public @Nullable String getDeferredSyntaxAllowedAsLiteral() {
            return values.get("deferred-syntax-allowed-as-literal");
        }

        @Override
        public @Nullable String getTrimDirectiveWhitespaces() {
            return values.get("trim-directive-whitespaces");
        }

        @Override
        public @Nullable String getDefaultContentType() {
            return values.get("default-content-type");
        }

        @Override
        public @Nullable String getBuffer() {
            return values.get("buffer");
        }

        @Override
        public @Nullable String getErrorOnUndeclaredNamespace() {
            return values.get("error-on-undeclared-namespace");
        }
    }
}
