"""quality."""
import streamlit as st
st.header('quality')
