# SPDX-License-Identifier: MIT
# tabcast_embed_assets(OUT DIR): writes the C file OUT with the table of assets.h from DIR/manifest.json. Without a
# manifest the table is empty and the relay has no pages. The bytes come in by .incbin, so the compiler never parses them.

# Declares the bytes of `path` under `name`; the result is a C initializer of struct asset_bytes.
function(tabcast_embed_blob result declarations name path)
    file(SIZE "${path}" size)
    set(${declarations} "${${declarations}}EMBED(${name}, \"${path}\");\n" PARENT_SCOPE)
    set(${result} "{asset_${name}, ${size}}" PARENT_SCOPE)
endfunction()

function(tabcast_embed_assets out dir)
    set(files "")
    set(routes "")
    set(blobs "")
    # CONFIGURE_DEPENDS notices a manifest that appears or goes; the property one that changes.
    file(GLOB manifest CONFIGURE_DEPENDS "${dir}/manifest.json")
    if(manifest)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${manifest}")
        file(READ "${manifest}" json)
        string(JSON count LENGTH "${json}" files)
        math(EXPR last "${count} - 1")
        foreach(i RANGE ${last})
            foreach(member file type etag immutable brSize gzSize)
                string(JSON ${member} GET "${json}" files ${i} ${member})
            endforeach()
            tabcast_embed_blob(plain blobs plain_${i} "${dir}/${file}")
            set(br "{0}")
            set(gz "{0}")
            if(brSize GREATER 0)
                tabcast_embed_blob(br blobs br_${i} "${dir}/${file}.br")
            endif()
            if(gzSize GREATER 0)
                tabcast_embed_blob(gz blobs gz_${i} "${dir}/${file}.gz")
            endif()
            set(is_immutable false)
            if(immutable)
                set(is_immutable true)
            endif()
            string(APPEND files "    {\"${file}\", \"${type}\", \"${etag}\", ${is_immutable}, ${plain}, ${br}, ${gz}},\n")
        endforeach()
        string(JSON count LENGTH "${json}" routes)
        math(EXPR last "${count} - 1")
        foreach(i RANGE ${last})
            string(JSON kind TYPE "${json}" routes ${i} route)
            if(kind STREQUAL "STRING")
                string(JSON route GET "${json}" routes ${i} route)
                string(JSON file GET "${json}" routes ${i} file)
                string(APPEND routes "    {\"${route}\", \"${file}\"},\n")
            endif()
        endforeach()
    endif()
    set(text "// SPDX-License-Identifier: MIT
// Written by relay/embed_assets.cmake from the page's manifest.json; not to be edited.
#include \"relay/assets.h\"

#define EMBED(name, path)                                                                          \\
    extern const uint8_t asset_##name[];                                                           \\
    __asm__(\".pushsection .rodata\\n.balign 16\\nasset_\" #name \":\\n.incbin \\\"\" path \"\\\"\\n.popsection\")

${blobs}
// The last element of each table only keeps it from being empty.
const struct asset assets_embedded[] = {
${files}    {0},
};
const size_t assets_embedded_count = sizeof(assets_embedded) / sizeof(assets_embedded[0]) - 1;

const struct asset_route assets_embedded_routes[] = {
${routes}    {0},
};
const size_t assets_embedded_route_count =
    sizeof(assets_embedded_routes) / sizeof(assets_embedded_routes[0]) - 1;
")
    # Written only when it differs, so that nothing is rebuilt for nothing.
    set(old "")
    if(EXISTS "${out}")
        file(READ "${out}" old)
    endif()
    if(NOT old STREQUAL text)
        file(WRITE "${out}" "${text}")
    endif()
endfunction()
